"""The regime whose folds somebody else has dealt: read from a file, checked, taken as they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ser.corpora.row import Unit
from ser.errors import FoldError
from ser.folds import lists as fold_lists
from ser.folds.fold import GROUPS, SIDES, Fold, Indices
from ser.folds.formats import named
from ser.folds.lists import FoldList
from ser.folds.overlaps import group_of
from ser.folds.regimes import Regime
from ser.folds.splitters import GroupedKFold, Splitter

CARVED = 5  # a fifth of the training side validates, if the list leaves no better choice


@dataclass(frozen=True, kw_only=True)
class Predefined(Regime):
    """Folds from a list: official splits of a corpus, or those of a peer.

    A list that names no validation side takes what this fold trains on of the test side of the
    fold before: a split of the same kind, which rotates. If that shared a speaker, sentence or
    session with training that the list keeps apart from the test side, or left nothing,
    ``splitter`` carves a fifth of the training side instead, in whole groups of the coarsest
    kind that is kept apart. Inner folds are dealt in such groups as well.

    Args:
        listed: What the file lists.
        path: Where it is from; for messages.
        subset: Whether the list may leave utterances of the corpus out.
        skip: Whether the list may name utterances that the corpus does not have.
    """

    listed: FoldList
    path: str
    subset: bool = False
    skip: bool = False

    @property
    def deals_singly(self) -> bool:
        """Folds of a list are taken as they are."""
        return False

    @staticmethod
    def read(
        path: str | Path, subset: bool = False, seed: int = 0, *, skip: bool = False
    ) -> Predefined:
        """Read a list of folds.

        Raises:
            FoldError: If the file is absent, or in no known form.
        """
        listed, name = fold_lists.read(path), "predefined"
        return Predefined(
            name, carver(seed), listed=listed, path=str(path), subset=subset, skip=skip
        )

    def num_folds(self, utterances: Sequence[Unit]) -> int:
        """Number of folds in the list."""
        return len(self.listed.folds)

    def fold(self, utterances: Sequence[Unit], index: int, validation: bool = True) -> Fold:
        """Take a fold as it is listed; rows that are copies go where their utterance goes.

        Raises:
            FoldError: If the fold does not exist, or the ids of list and corpus differ.
            LeakageError: If the list has an utterance on two sides.
        """
        self.require(index, len(self.listed.folds))
        listed = self._match(utterances)
        names = [u.id for u in utterances]
        train, held, test = (
            np.flatnonzero([name in listed.folds[index][side] for name in names]) for side in SIDES
        )
        self._refuse_empty(index, train, test)
        self.guard(Fold(index, train, held, test), utterances)
        if not validation:
            train, held = np.sort(np.concatenate([train, held])), held[:0]
        elif not len(held):
            train, held = self._validation(utterances, index, train, test)
        fold = Fold(index, train, held, test)
        self.guard(fold, utterances)
        return fold

    def inner_fold(
        self, utterances: Sequence[Unit], outer: Fold, index: int, validation: bool = True
    ) -> Fold:
        """Split what a fold learns from once more, in whole groups of the coarsest kind kept apart.

        Raises:
            FoldError: If the inner fold does not exist, or the utterances cannot be split so.
            LeakageError: If two sides share an utterance or a group.
        """
        if self.nested is None:
            return super().inner_fold(utterances, outer, index, validation)
        self.require(index, self.inner)
        apart = _kept_apart(utterances, outer.learnt, outer.test)
        train, test = self._carve(self.nested, utterances, index, outer.learnt, apart)
        held = train[:0]
        if validation:
            train, held = self._carve(self.splitter, utterances, index - 1, train, apart)
        fold = Fold(index, train, held, test)
        self.guard(fold, utterances)
        return fold

    def notes(self, utterances: Sequence[Unit]) -> list[str]:
        """Where the folds come from, and where list and corpus disagree."""
        corpus = {u.id for u in utterances}
        listed = self.listed.by_ids_of(utterances)
        form = f" ({listed.form})" if listed.form else ""
        lines = [f"folds are those of {self.path}{form}: {_tested(listed.folds, corpus)}"]
        lines += _absent(listed.ids - corpus)
        if left := len(corpus - listed.ids):
            lines.append(f"the list leaves {left} of {len(corpus)} utterances out")
        for key, claimed in listed.claims.items():
            lines += _disagreement(key, claimed, utterances)
        return lines

    def _refuse_empty(self, index: int, train: Indices, test: Indices) -> None:
        """Refuse a fold of which the corpus has no side: nothing may be left once some is skipped.

        Raises:
            FoldError: If it has none.
        """
        for side, items in (("train", train), ("test", test)):
            if not len(items):
                raise FoldError(
                    f"{self.path}: the corpus has no utterance of the {side} side of fold {index}. "
                    "Take the list that belongs to this corpus and selection."
                )

    def _match(self, utterances: Sequence[Unit]) -> FoldList:
        """List by the ids of the corpus, once they are the same."""
        corpus = {u.id for u in utterances}
        listed = self.listed.by_ids_of(utterances)
        unknown, unlisted = listed.ids - corpus, corpus - listed.ids
        if unknown and not self.skip:
            raise FoldError(
                f"{self.path} lists utterances that the corpus does not have: "
                f"{named(unknown)}. Take the list that belongs to this corpus and selection, or "
                "pass cv.missing=skip to do without them."
            )
        if unlisted and not self.subset:
            raise FoldError(
                f"{self.path} does not list utterances that the corpus has: "
                f"{named(unlisted)}. Complete it, or pass cv.subset=true to do without them."
            )
        return listed

    def _validation(
        self, utterances: Sequence[Unit], index: int, train: Indices, test: Indices
    ) -> tuple[Indices, Indices]:
        listed = self.listed.by_ids_of(utterances)
        before = listed.folds[index - 1]["test"] if len(listed.folds) > 1 else frozenset()
        chosen = np.array([utterances[i].id in before for i in train], dtype=bool)
        apart = _kept_apart(utterances, train, test)
        rest, held = train[~chosen], train[chosen]
        if len(rest) and len(held) and all(_apart(g, utterances, rest, held) for g in apart):
            return rest, held
        return self._carve(self.splitter, utterances, index - 1, train, apart)

    def _carve(
        self,
        splitter: Splitter,
        utterances: Sequence[Unit],
        index: int,
        items: Indices,
        apart: Sequence[str],
    ) -> tuple[Indices, Indices]:
        """Hold some items out, by the coarsest of the groups that the fold keeps apart."""
        chosen = [utterances[i] for i in items]
        columns = [[str(group_of(u, group)) for u in chosen] for group in apart]
        alone = [u.id for u in chosen]
        groups = min(columns, key=lambda column: len(set(column)), default=alone)
        emotions = [u.emotion for u in chosen]
        return self._take(splitter, (emotions, emotions, groups), items, index)

    @property
    def _remedy(self) -> str:
        fewer = "fewer inner folds (cv.inner=…), " if self.inner else ""
        return f"take {fewer}protocol.validation=false, or another list"


def _absent(ids: frozenset[str]) -> list[str]:
    """Say what the list names and the corpus does not have; nothing if there is none of it."""
    if not ids:
        return []
    are = "utterances that the corpus does not have, and they are"
    is_ = "utterance that the corpus does not have, and it is"
    what = is_ if len(ids) == 1 else are
    return [f"the list names {len(ids)} {what} skipped: {named(ids)}"]


def _tested(folds: Sequence[Mapping[str, frozenset[str]]], corpus: set[str]) -> str:
    """Say how many folds there are, and how often each utterance of the corpus is tested."""
    count = Counter(name for fold in folds for name in fold["test"] & corpus)
    times = sorted({count[name] for name in corpus})
    many = f"{len(folds)} folds" if len(folds) > 1 else "one fold"
    if times == [1]:
        return f"{many}, each utterance is tested once"
    if times[-1] <= 1:
        tests = "test" if len(folds) > 1 else "tests"
        return f"{many}, which {tests} {len(count)} of {len(corpus)} utterances once"
    return f"{many}, each utterance is tested {times[0]} to {times[-1]} times"


def carver(seed: int) -> GroupedKFold:
    """Splitter that carves validation where a list has none."""
    return GroupedKFold(CARVED, seed, exact=False)


def _kept_apart(utterances: Sequence[Unit], *sides: Indices) -> list[str]:
    return [group for group in GROUPS if _apart(group, utterances, *sides)]


def _apart(group: str, utterances: Sequence[Unit], *sides: Indices) -> bool:
    """Whether two sides share none of a group that all their utterances have."""
    first, second = ({group_of(utterances[i], group) for i in side} for side in sides)
    return not first & second and None not in first | second


def _disagreement(key: str, claimed: Mapping[str, str], utterances: Sequence[Unit]) -> list[str]:
    """Name the utterances whose label in the list usually stands for another label of the corpus.

    Lists have words of their own (``happy``, ``hap``, ``boredem``), so a word that the corpus uses
    for none of its utterances stands for what most of them are in the corpus.
    """
    truths: dict[str, Any] = defaultdict(Counter)
    known = [(u.id, claimed[u.id], group_of(u, key)) for u in utterances if u.id in claimed]
    for _, word, truth in known:
        truths[word][truth] += 1
    usual = {
        word: word if count[word] else count.most_common(1)[0][0] for word, count in truths.items()
    }
    odd = [f"{name} ({word})" for name, word, truth in known if usual[word] != truth]
    if not odd:
        return []
    return [f"the {key} in the list is not that of the corpus for {named(odd)}"]
