"""What a regime is: a splitter, what it keeps apart, and validation that rotates with the fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from ser.corpora.row import Unit
from ser.errors import ConfigError, FoldError
from ser.folds.fold import CORPUS, Fold, Indices
from ser.folds.guard import check_fold
from ser.folds.overlaps import group_of, groups_in
from ser.folds.splitters import Splitter
from ser.system.counted import counted

OTHER = "Take another cv, such as speaker."
REMEDIES = {CORPUS: "Join several, as data=[emodb,synthetic], or take another cv."}
Columns = tuple[list[str], list[str], Any]  # emotions twice, and groups, as splitters take them


@dataclass(frozen=True)
class Regime:
    """A way of splitting utterances that equal arguments repeat on any machine.

    Args:
        name: Name used on the command line.
        splitter: Any scikit-learn splitter, or one of ``ser.folds.splitters``.
        groups: Attributes of ``Utterance`` that no two sides may share.
        carver: Splitter that carves validation from what remains; None takes ``splitter``.
        nested: Splitter of the same kind that deals a training side to inner folds, or None.
        inner: Number of inner folds; 0 for none.
        within: Attributes that validation and inner folds keep apart within the training side;
            empty takes ``groups``.
        count: Setting that says how many folds there are.
    """

    name: str
    splitter: Splitter
    groups: tuple[str, ...] = ()
    carver: Splitter | None = None
    nested: Splitter | None = None
    inner: int = 0
    within: tuple[str, ...] = ()
    count: str = "n_splits"

    def __post_init__(self) -> None:
        """Refuse splitters that draw other folds whenever they are asked.

        Raises:
            ConfigError: If one shuffles without a seed.
        """
        for splitter in filter(None, (self.splitter, self.carver, self.nested)):
            seed = getattr(splitter, "random_state", getattr(splitter, "seed", 0))
            if getattr(splitter, "shuffle", True) and not isinstance(seed, int | np.integer):
                raise ConfigError(
                    f"cv={self.name}: {type(splitter).__name__} with the seed {seed} deals other "
                    "folds each time; give it a whole number, such as random_state=0."
                )

    @property
    def group(self) -> str | None:
        """First attribute that no two sides may share, or None."""
        return self.groups[0] if self.groups else None

    @property
    def deals_singly(self) -> bool:
        """Whether utterances are dealt one by one, so that some can be kept together."""
        return not self.groups

    def num_folds(self, utterances: Sequence[Unit]) -> int:
        """Number of folds that these utterances give.

        Raises:
            FoldError: If an utterance lacks a group that the regime splits by, or there are
                fewer groups than folds.
        """
        columns = self._columns(utterances, self.groups)
        try:
            return self.splitter.get_n_splits(*columns)
        except ValueError as error:
            raise self._impossible(len(utterances), error) from error

    def fold(self, utterances: Sequence[Unit], index: int, validation: bool = True) -> Fold:
        """Split once: hold out fold ``index``, then carve validation from what remains.

        The validation side is a split of the same kind, so that it is speaker-independent
        exactly when the test side is. It rotates with ``index``, so that no one speaker
        judges every fold.

        Raises:
            FoldError: If the fold does not exist, or the utterances cannot be split so.
            LeakageError: If two sides share an utterance or a group.
        """
        self.require(index, self.num_folds(utterances))
        everything = np.arange(len(utterances))
        train, test = self._split(self.splitter, self.groups, utterances, everything, index)
        held = train[:0]
        if validation:
            train, held = self._carved(utterances, train, index)
        fold = Fold(index, train, held, test)
        self.guard(fold, utterances)
        return fold

    def inner_fold(
        self, utterances: Sequence[Unit], outer: Fold, index: int, validation: bool = True
    ) -> Fold:
        """Split the training and validation sides of a fold once more; its test side is left out.

        Settings that are chosen by the test sides of all inner folds never saw the outer test.

        Raises:
            FoldError: If the inner fold does not exist, or the utterances cannot be split so.
            LeakageError: If two sides share an utterance or a group.

        References:
            Cawley and Talbot, "On over-fitting in model selection and subsequent selection bias
            in performance evaluation", JMLR 11, 2010.
        """
        if self.nested is None:
            raise FoldError(f"cv={self.name} has no inner folds here; pass cv.inner=3 or the like.")
        pool = outer.learnt
        groups = self.within or self.groups
        carver = self.carver or self.splitter
        within = Regime(self.name, self.nested, groups, carver, count="inner")
        chosen = [utterances[i] for i in pool]
        found = within.fold(chosen, index, validation)
        return Fold(index, pool[found.train], pool[found.validation], pool[found.test])

    def guard(self, fold: Fold, utterances: Sequence[Unit]) -> None:
        """Check that no two sides share an utterance, or a group of this regime.

        ``ser.folds.guard.check_fold`` looks at the content of the files and at copies besides.

        Raises:
            LeakageError: If they do; the culprits are named.
        """
        check_fold(fold, utterances, self.name, self.groups, within=self.within, copies=True)

    def notes(self, utterances: Sequence[Unit]) -> list[str]:
        """What a reader must know of the folds themselves; nothing, if they were dealt here."""
        return []

    def require(self, index: int, count: int) -> None:
        """Refuse a fold that does not exist.

        Raises:
            FoldError: If it does not; says which folds there are.
        """
        if not 0 <= index < count:
            raise FoldError(
                f"fold={index} does not exist: cv={self.name} gives {counted(count, 'fold')} here, "
                f"0 to {count - 1}. Take one of them, or fold=all."
            )

    def _carved(
        self, utterances: Sequence[Unit], train: Indices, index: int
    ) -> tuple[Indices, Indices]:
        """Carve validation from a training side.

        Raises:
            FoldError: If there is too little of it; says how to do without.
        """
        carver, groups = self.carver or self.splitter, self.within or self.groups
        try:
            return self._split(carver, groups, utterances, train, index - 1)
        except FoldError as error:
            few = [g for g in groups if len(groups_in([utterances[i] for i in train], g)) < 2]  # noqa: PLR2004 - one trains, one validates
            if few:
                raise self._too_few(few[0]) from error
            if isinstance(error.__cause__, ValueError):
                raise FoldError(
                    f"{error} These are what fold {index} trains on, split again for validation, "
                    "which protocol.validation=false does without."
                ) from error
            raise

    def _too_few(self, group: str) -> FoldError:
        inner = self.count == "inner"
        where = f"an inner fold of cv={self.name}" if inner else f"cv={self.name}"
        more = "take more inner folds (cv.inner=…), " if inner else ""
        return FoldError(
            f"{where} leaves one {group} to train on, and validation needs another {group}: {more}"
            "pass protocol.validation=false, which takes the last epoch, or another cv."
        )

    def _split(
        self,
        splitter: Splitter,
        groups: tuple[str, ...],
        utterances: Sequence[Unit],
        items: Indices,
        index: int,
    ) -> tuple[Indices, Indices]:
        columns = self._columns([utterances[i] for i in items], groups)
        return self._take(splitter, columns, items, index)

    def _take(
        self, splitter: Splitter, columns: Columns, items: Indices, index: int
    ) -> tuple[Indices, Indices]:
        try:
            wanted = index % splitter.get_n_splits(*columns)
            rest, held = next(islice(splitter.split(*columns), wanted, None))
        except ValueError as error:
            raise self._impossible(len(items), error) from error
        if not len(rest) or not len(held):
            raise FoldError(
                f"cv={self.name} leaves a side of split {wanted} of {len(items)} "
                f"utterances empty; {self._remedy}."
            )
        return items[rest], items[held]

    def _impossible(self, size: int, reason: object) -> FoldError:
        return FoldError(
            f"cv={self.name} cannot split {counted(size, 'utterance')} ({reason}); {self._remedy}."
        )

    def _lacking(self, group: str, column: Sequence[str | None], first: str) -> FoldError:
        lost = column.count(None)
        if lost < len(column):
            return FoldError(
                f"cv={self.name} splits by {group}, which {lost} of {len(column)} utterances lack "
                f"(first: {first}). Give each its {group}, or take another cv."
            )
        return FoldError(
            f"cv={self.name} splits by {group}, which this corpus does not have (first: {first}). "
            f"{REMEDIES.get(group, OTHER)}"
        )

    @property
    def _remedy(self) -> str:
        fewer = f"take fewer folds (cv.{self.count}=…) or another cv"
        return fewer if hasattr(self.splitter, "n_splits") else "take another cv"

    def _columns(self, utterances: Sequence[Unit], groups: tuple[str, ...]) -> Columns:
        emotions = [u.emotion for u in utterances]
        columns = [[group_of(u, group) for u in utterances] for group in groups]
        for group, column in zip(groups, columns, strict=True):
            if None in column:
                raise self._lacking(group, column, utterances[column.index(None)].id)
        if len(columns) > 1:
            return emotions, emotions, list(zip(*columns, strict=True))
        return emotions, emotions, columns[0] if columns else None
