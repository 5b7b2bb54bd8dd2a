"""A corpus and its folds: listed, prepared and dealt when they are first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from ser.augment import Augmentation
from ser.corpora import Corpus, Row, Utterance
from ser.corpora.cache import place
from ser.corpora.row import Unit
from ser.data.by_group import refuse_unfit, scaled_by
from ser.data.contents import list_utterances, refuse_altered, refuse_unheard
from ser.data.fold_data import FoldData
from ser.data.prepared import Prepared, prepare
from ser.data.rates import followed
from ser.errors import CorpusError, LeakageError, check_choice
from ser.features import FrontEnd
from ser.features.store import content_hashes
from ser.folds import Fold, Regime, regime
from ser.folds.duplicates import (
    CHOICES,
    DROP,
    REFUSE,
    TOGETHER,
    deal_together,
    identical,
    note,
    refuse,
    without,
)
from ser.folds.fold import CORPUS
from ser.folds.guard import check_fold, describe
from ser.folds.overlaps import Overlap, overlaps_of, sizes_of
from ser.folds.protocol import Protocol


class CorpusFolds:
    """The folds of a corpus; what they share is made once.

    Args:
        corpus: Corpus to split.
        front_end: Turns waveforms into features.
        cv: Regime, or the name of one.
        protocol: What may cross the line between training and test.
        augment: Which copies of utterances there are.
        seed: Seed of shuffled labels.
        shuffle_labels: Permute the emotions of the recordings, copies included: whatever is
            then above chance has leaked.
        cache: Folder of the feature store; None takes the user cache.
        verify: Whether to compare the corpus with its published counts and checksums.
        duplicates: What becomes of identical files: they are kept ``"together"`` on one side of
            every fold where utterances are dealt one by one, all but one are left out
            (``"drop"``), or the corpus is refused (``"refuse"``).

    Raises:
        ConfigError: If there is no such choice.
    """

    def __init__(
        self,
        corpus: Corpus,
        front_end: FrontEnd,
        cv: Regime | str = "stratified",
        *,
        protocol: Protocol | None = None,
        augment: Augmentation | None = None,
        seed: int = 0,
        shuffle_labels: bool = False,
        cache: str | Path | None = None,
        verify: bool = True,
        duplicates: str = TOGETHER,
    ) -> None:
        check_choice("data.duplicates", duplicates, CHOICES)
        self.corpus = corpus
        self.front_end = front_end
        self.regime = regime(cv) if isinstance(cv, str) else cv
        self.protocol = protocol or Protocol()
        self.augment = augment or Augmentation()
        self.seed = seed
        self.shuffle_labels = shuffle_labels
        self.cache = place("data.cache", cache) if cache else None
        self.verify = verify
        self.duplicates = duplicates
        self._dealt: dict[tuple[int, int | None], Fold] = {}
        self._overlaps: dict[Fold, list[Overlap]] = {}

    @cached_property
    def listed(self) -> list[Utterance]:
        """Every utterance of the corpus that is used, sorted by id.

        Raises:
            CorpusError: If the corpus is absent or incomplete, lists what no corpus may, or has
                identical files that are to be refused.
        """
        if self.duplicates == REFUSE:
            refuse(self.corpus.name, self.identical)
        if self.duplicates == DROP:
            return without(self._everything, self.identical)
        return self._everything

    @cached_property
    def identical(self) -> list[tuple[Utterance, ...]]:
        """Sets of utterances that hold the same audio.

        Raises:
            CorpusError: If a file cannot be read, or differs from the published one.
        """
        return identical(self._everything, self._hashes)

    @cached_property
    def _everything(self) -> list[Utterance]:
        self.corpus.prepare()
        return list_utterances(self.corpus, verify=self.verify)

    @cached_property
    def utterances(self) -> list[Utterance]:
        """Every utterance that is learnt from, with its emotion or a permuted one."""
        return _shuffled(self.listed, self.seed) if self.shuffle_labels else self.listed

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of the audio file of each utterance that is used, by id.

        Raises:
            CorpusError: If a file cannot be read, or differs from the published one.
        """
        return {utterance.id: self._hashes[utterance.id] for utterance in self.listed}

    @cached_property
    def _hashes(self) -> dict[str, str]:
        everything = self._everything
        try:
            found = content_hashes(everything)
        except OSError as error:
            raise CorpusError(
                f"{error.filename} cannot be read ({error.strerror}). Get a fresh copy of the "
                "corpus, or the right to read it."
            ) from error
        hashes = dict(zip((u.id for u in everything), found, strict=True))
        if self.verify:
            refuse_altered(self.corpus, everything, hashes)
        return hashes

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

    @cached_property
    def hearing(self) -> FrontEnd:
        """The front end, at the rate of the corpus at most; nothing is extracted for it.

        Raises:
            ConfigError: If it cannot do with so low a rate.
        """
        return followed(self.front_end, self.listed)

    @cached_property
    def prepared(self) -> Prepared:
        """Features of every row, at the rate of the corpus at most, scaled by group if asked.

        Raises:
            ConfigError: If there are no speakers to scale by, or features are drawn anew.
            AudioError: If a file cannot be decoded.
        """
        if self.protocol.transductive:
            refuse_unfit(self.protocol.scaler, self.corpus.name, self.utterances, self.augment)
        prepared = prepare(
            self.corpus.labels,
            self.rows,
            self.hearing,
            self.augment,
            self.cache,
            hashes=self.hashes,
        )
        group = self.protocol.scaler
        return scaled_by(group, prepared) if self.protocol.transductive else prepared

    def fold(self, index: int, inner: int | None = None) -> FoldData:
        """Deal a fold, or an inner fold of it, check that it does not leak, and fit its scaler.

        Equal arguments always give equal folds.

        Raises:
            FoldError: If the fold does not exist, or the corpus cannot be split so.
            LeakageError: If two sides share what the regime or the protocol forbids.
        """
        dealt = self.deal(index, inner)
        shared = self.check(dealt, within=inner is not None)
        return FoldData.fit(
            self.prepared,
            dealt,
            self.protocol,
            self.num_folds,
            shared,
            source=self._source(index, inner),
        )

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
        try:
            return check_fold(
                fold,
                self.rows,
                regime.name,
                regime.within or regime.groups if within else regime.groups,
                within=regime.within,
                copies=self._by_row,
                shared=self.overlaps(fold),
            )
        except LeakageError:
            refuse_unheard(utterance for found in self.identical for utterance in found)
            raise

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

    def _source(self, index: int, inner: int | None) -> dict[str, Any]:
        return {
            "corpus": self.corpus.origin,
            "regime": self.regime.name,
            "fold": index,
            "inner": inner,
            "seed": self.seed,
            "protocol": self.protocol.name,
            "leaks": self.protocol.leaks(copies=bool(self.augment.copies)),
            "shuffled": self.shuffle_labels,
            "transductive": bool(self.protocol.transductive),
            **({"scaler": CORPUS} if self.protocol.scaler == CORPUS else {}),
        }

    def _with_copies(self, fold: Fold) -> Fold:
        copies = np.arange(len(self.views)) * len(self.utterances)
        test = copies if self.protocol.test_copies else copies[:1]
        return Fold(
            fold.index,
            train=np.add.outer(copies, fold.train).ravel(),
            validation=fold.validation,
            test=np.add.outer(test, fold.test).ravel(),
        )


def _shuffled(utterances: list[Utterance], seed: int) -> list[Utterance]:
    order = np.random.default_rng([seed, 0x5E12]).permutation(len(utterances))
    emotions = [utterances[i].emotion for i in order]
    return [replace(u, emotion=e) for u, e in zip(utterances, emotions, strict=True)]
