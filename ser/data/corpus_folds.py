"""A corpus and its folds: listed, prepared and dealt when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from ser.augment import Augmentation
from ser.corpora import Corpus
from ser.data.by_group import refuse_unfit, scaled_by
from ser.data.dealing import Dealing
from ser.data.fold_data import FoldData
from ser.data.prepared import Prepared, prepare
from ser.data.rates import followed
from ser.features import FrontEnd
from ser.folds import Regime
from ser.folds.duplicates import TOGETHER
from ser.folds.fold import CORPUS
from ser.folds.protocol import Protocol
from ser.storage import place


class CorpusFolds(Dealing):
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
        super().__init__(
            corpus,
            cv,
            protocol,
            augment,
            seed=seed,
            shuffle_labels=shuffle_labels,
            verify=verify,
            duplicates=duplicates,
        )
        self.front_end = front_end
        self.cache = place("data.cache", cache) if cache else None

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
