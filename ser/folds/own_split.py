"""The folds that a corpus brings along: a side or a fold for each utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser.corpora.row import Unit
from ser.errors import FoldError
from ser.folds.fold import Fold
from ser.folds.formats import SIDE_WORDS, entries_of
from ser.folds.lists import assemble
from ser.folds.overlaps import group_of
from ser.folds.predefined import Predefined
from ser.folds.regimes import Regime
from ser.system.near import nearest

OWN = Path("the corpus's own split")
ALIKE = 0.7  # of the letters of a word and a side, from which on the side was likely meant


@dataclass(frozen=True, kw_only=True)
class OwnSplit(Regime):
    """Folds from ``Utterance.split``.

    Where it holds sides (``train``, ``validation``, ``test``) there is one fold; where it holds
    anything else, each value is a fold that tests its utterances, and the others train on them.

    Args:
        subset: Whether utterances may have no split, and are left out.
    """

    subset: bool = False

    @property
    def deals_singly(self) -> bool:
        """Folds of a corpus are taken as they are."""
        return False

    def num_folds(self, utterances: Sequence[Unit]) -> int:
        """Number of folds that the corpus lists.

        Raises:
            FoldError: If it lists none.
        """
        return self._listed(utterances).num_folds(utterances)

    def fold(self, utterances: Sequence[Unit], index: int, validation: bool = True) -> Fold:
        """Take a fold as the corpus lists it.

        Raises:
            FoldError: If the fold does not exist, or utterances without a split are left out.
            LeakageError: If an utterance is on two sides.
        """
        return self._listed(utterances).fold(utterances, index, validation)

    def inner_fold(
        self, utterances: Sequence[Unit], outer: Fold, index: int, validation: bool = True
    ) -> Fold:
        """Split what a fold learns from once more, as ``Predefined`` does.

        Raises:
            FoldError: If the inner fold does not exist, or the utterances cannot be split so.
        """
        return self._listed(utterances).inner_fold(utterances, outer, index, validation)

    def notes(self, utterances: Sequence[Unit]) -> list[str]:
        """How often an utterance is tested, and how many are left out."""
        return self._listed(utterances).notes(utterances)

    def _listed(self, utterances: Sequence[Unit]) -> Predefined:
        found = {u.id: group_of(u, "split") for u in utterances}
        splits = {name: split for name, split in found.items() if split is not None}
        if not splits:
            raise FoldError(
                "cv=predefined needs cv.file=…: a CSV with the columns id and fold, or a folder "
                "of EmoBox or s3prl fold lists. This corpus has no split of its own; a table "
                "(data=table) may have one in its column split."
            )
        rows, columns = _rows(splits)
        listed = assemble(OWN, "", list(entries_of(OWN, rows, columns)))
        return Predefined(
            self.name,
            self.splitter,
            nested=self.nested,
            inner=self.inner,
            listed=listed,
            path=str(OWN),
            subset=self.subset,
        )


def _rows(splits: Mapping[str, str]) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """Rows of a list of folds, and which columns they have beside id and fold."""
    words = {split.lower() for split in splits.values()}
    strange = sorted(words - set(SIDE_WORDS))
    if len(strange) < len(words) or any(map(_like_training, strange)):
        _refuse_strange(splits, strange)
        sided = [{"id": name, "fold": "0", "side": split} for name, split in splits.items()]
        return sided, ("side",)
    return [{"id": name, "fold": split} for name, split in splits.items()], ()


def _like_training(word: str) -> bool:
    """Whether a word is likely ``train`` misspelt, which no sides lack; numbered ones are folds."""
    return word.isalpha() and nearest(word, SIDE_WORDS, ALIKE) == "train"


def _refuse_strange(splits: Mapping[str, str], strange: Sequence[str]) -> None:
    """Refuse words that are no sides where the others are: they would become folds.

    Raises:
        FoldError: If there is one; names it, and an utterance that has it.
    """
    if strange:
        example = next(name for name, split in splits.items() if split.lower() == strange[0])
        raise FoldError(
            f"{OWN} has the word {strange[0]!r} (first: {example}), which is no side; sides are "
            f"{', '.join(SIDE_WORDS)}. Correct it, or number the folds where each word is to be "
            "one."
        )
