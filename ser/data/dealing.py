"""Who is on which side of each fold of a corpus, and what the sides share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from ser.augment import Augmentation
from ser.corpora import Corpus, Row
from ser.corpora.row import Unit
from ser.data.contents import refuse_unheard
from ser.data.listing import Listing
from ser.errors import LeakageError
from ser.folds import Fold, Regime, regime
from ser.folds.duplicates import TOGETHER, deal_together, note
from ser.folds.fold import STRETCH
from ser.folds.guard import check_fold, describe
from ser.folds.overlaps import Overlap, overlaps_of, sizes_of
from ser.folds.protocol import Protocol


class Dealing(Listing):
    """The folds of a corpus as positions of its rows; nothing is extracted for them.

    Args:
        corpus: Corpus to split.
        cv: Regime, or the name of one.
        protocol: What may cross the line between training and test.
        augment: Which copies of utterances there are.
        listing: Arguments of ``Listing``.

    Raises:
        ConfigError: If there is no such choice.
    """

    def __init__(
        self,
        corpus: Corpus,
        cv: Regime | str,
        protocol: Protocol | None,
        augment: Augmentation | None,
        **listing: Any,
    ) -> None:
        super().__init__(corpus, **listing)
        self.regime = regime(cv) if isinstance(cv, str) else cv
        self.protocol = protocol or Protocol()
        self.augment = augment or Augmentation()
        self._dealt: dict[tuple[int, int | None], Fold] = {}
        self._overlaps: dict[Fold, list[Overlap]] = {}

    @cached_property
    def rows(self) -> list[Row]:
        """Every utterance in every view: all originals first, then all copies of one kind."""
        return [Row(utterance, view) for view in self.views for utterance in self.utterances]

    @property
    def views(self) -> tuple[str, ...]:
        """Names of the views of each utterance."""
        return ("original", *self.augment.copies)

    @cached_property
    def num_folds(self) -> int:
        """Number of folds that the regime gives on this corpus; nothing is extracted for it.

        Raises:
            FoldError: If the regime cannot split the corpus.
        """
        return self.regime.num_folds(self.utterances)

    def deal(self, index: int, inner: int | None = None) -> Fold:
        """Deal whole utterances with their copies to the sides, or single rows; once each fold.

        Raises:
            FoldError: If the fold does not exist, or the corpus cannot be split so.
            LeakageError: If two sides share an utterance or a group.
        """
        if (index, inner) not in self._dealt:
            self._dealt[index, inner] = self._deal_anew(index, inner)
        return self._dealt[index, inner]

    def _deal_anew(self, index: int, inner: int | None) -> Fold:
        split = partial(self._split, index=index, inner=inner)
        if self._by_row:
            return split(self.rows)
        if self.keeps_together and self.identical:
            return self._with_copies(deal_together(split, self.utterances, self.identical))
        return self._with_copies(split(self.utterances))

    def _split(self, units: Sequence[Unit], index: int, inner: int | None) -> Fold:
        fold = self.regime.fold(units, index, self.protocol.validation)
        if inner is None:
            return fold
        return self.regime.inner_fold(units, fold, inner, self.protocol.validation)

    @property
    def _by_row(self) -> bool:
        return self.protocol.unit == "row"

    @property
    def keeps_together(self) -> bool:
        """Whether identical files are dealt as one; groups and lists are dealt as they are."""
        return self.duplicates == TOGETHER and self.regime.deals_singly and not self._by_row

    def check(self, fold: Fold, *, within: bool = False) -> list[Overlap]:
        """Refuse a fold whose sides share what they must not; list what they share.

        Args:
            fold: What was dealt.
            within: Whether it is an inner fold, which lies within a training side.

        Raises:
            LeakageError: If two sides share what the regime or the protocol forbids.
            AudioError: If they do, and files that are equal cannot be used anyway.
        """
        regime = self.regime
        groups = regime.within or regime.groups if within else regime.groups
        try:
            return check_fold(
                fold,
                self.rows,
                regime.name,
                (*groups, *self._singly),
                within=regime.within,
                copies=self._by_row,
                shared=self.overlaps(fold),
            )
        except LeakageError:
            refuse_unheard(utterance for found in self.identical for utterance in found)
            raise

    def check_within(self, index: int) -> None:
        """Deal and check a fold and the inner folds within it; nothing is extracted for them.

        Raises:
            FoldError: If there is no such fold, or the corpus cannot be split so.
            LeakageError: If two sides share what the regime or the protocol forbids.
        """
        self.check(self.deal(index))
        for inner in range(self.regime.inner):
            self.check(self.deal(index, inner), within=True)

    @property
    def _singly(self) -> tuple[str, ...]:
        """What is kept apart where utterances are dealt one by one, and not by groups or lists."""
        return (STRETCH,) if self.regime.deals_singly and not self._by_row else ()

    def overlaps(self, fold: Fold) -> list[Overlap]:
        """List what the sides of a fold share, whether it is allowed or not."""
        if fold not in self._overlaps:
            self._overlaps[fold] = overlaps_of(fold, self.rows, self.hashes)
        return self._overlaps[fold]

    @cached_property
    def dealt(self) -> list[Fold]:
        """Every fold.

        Raises:
            FoldError: If the corpus cannot be split so.
            LeakageError: If two sides share an utterance or a group.
        """
        return [self.deal(index) for index in range(self.num_folds)]

    @cached_property
    def shared(self) -> list[list[Overlap]]:
        """What the sides of each fold share, whether it is allowed or not."""
        return [self.overlaps(fold) for fold in self.dealt]

    @property
    def notes(self) -> list[str]:
        """What a reader must know of the folds, and what became of identical files."""
        duplicates = note(self.duplicates, self.identical, kept=self.keeps_together)
        return [*self.regime.notes(self.utterances), *duplicates]

    @property
    def described(self) -> list[str]:
        """What the sides of the folds share, in a line for each kind."""
        return describe(self.shared, [sizes_of(fold, self.rows) for fold in self.dealt])

    def _with_copies(self, fold: Fold) -> Fold:
        copies = np.arange(len(self.views)) * len(self.utterances)
        test = copies if self.protocol.test_copies else copies[:1]
        return Fold(
            fold.index,
            train=np.add.outer(copies, fold.train).ravel(),
            validation=fold.validation,
            test=np.add.outer(test, fold.test).ravel(),
        )
