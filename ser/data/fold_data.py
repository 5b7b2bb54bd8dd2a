"""One fold of a prepared corpus: who is on which side, and the scaler of the training side."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ser.corpora.row import Row
from ser.data.prepared import Prepared
from ser.features.facts import FACTS
from ser.folds import Fold
from ser.folds.overlaps import Overlap, content
from ser.folds.protocol import BY_GROUP, Protocol, stamp

FLAT = 1e-3  # of the magnitude of a channel, up to which its deviation is no news


@dataclass(frozen=True)
class FoldData:
    """What a learner is given.

    Args:
        prepared: The corpus.
        fold: Sides, as positions in ``prepared.rows``.
        protocol: What may cross the line between training and test.
        mean: Mean of each channel over the rows that the protocol fits its scaler to,
            ``(channels,)``.
        std: Their population standard deviation. A channel that varies by less than a thousandth
            of its magnitude, such as an empty mel band, has this magnitude instead.
        num_folds: How many folds the regime gives.
        overlaps: What the sides share and may share.
        source: Where the fold is from, such as corpus, regime and protocol, in plain types.
    """

    prepared: Prepared
    fold: Fold
    protocol: Protocol
    mean: Tensor
    std: Tensor
    num_folds: int = 1
    overlaps: Sequence[Overlap] = ()
    source: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def fit(
        prepared: Prepared,
        fold: Fold,
        protocol: Protocol,
        num_folds: int = 1,
        overlaps: Sequence[Overlap] = (),
        *,
        source: Mapping[str, Any] | None = None,
    ) -> FoldData:
        """Fit the scaler of a fold, to the rows that the protocol names."""
        mean, std = _moments(prepared, fold, protocol.scaler)
        return FoldData(prepared, fold, protocol, mean, std, num_folds, overlaps, source or {})

    @property
    def labels(self) -> tuple[str, ...]:
        """Emotions in class order."""
        return self.prepared.labels

    @property
    def origin(self) -> dict[str, Any]:
        """What a model file says of where it is from, and of what its training side was like.

        Of each of ``FACTS`` it holds the 1st and 99th percentile over the original utterances.
        """
        facts = self.prepared.facts
        if facts is None:
            return dict(self.source)
        heard = np.unique(self.fold.learnt % len(facts))  # copies follow the originals in order
        limits = np.percentile(facts.values.numpy()[heard], (1, 99), axis=0).T.tolist()
        return {**self.source, "heard": dict(zip(FACTS, limits, strict=True))}

    @property
    def stamp(self) -> str:
        """What each artefact of a run says whose figures are unlike others; mostly nothing."""
        leaks, shuffled = self.source.get("leaks", ""), self.source.get("shuffled", False)
        words = stamp(self.protocol.name, leaks, shuffled, self.protocol.transductive)
        return words if words != self.protocol.name else ""

    def rows(self, side: str) -> list[Row]:
        """Rows of a side: ``"train"``, ``"validation"`` or ``"test"``."""
        return [self.prepared.rows[i] for i in self.fold.side(side)]

    def vectors(self, side: str) -> tuple[Tensor, Tensor]:
        """Standardised feature vectors of a side, and their classes.

        Shape:
            - vectors: ``(rows, channels)``
            - classes: ``(rows,)``
        """
        rows = torch.from_numpy(self.fold.side(side))
        values, _ = self.prepared.features.batch(rows)
        return (values - self.mean) / self.std, self.prepared.targets[rows]

    def learnt_from(self) -> dict[int, str]:
        """Utterances that a network of this fold is fitted to, or chosen by.

        Returns:
            Their ids, by a number that stands for their audio, whatever it is called.
        """
        return self._audio("train", "validation")

    def held_out(self) -> dict[int, str]:
        """Utterances that no network of this fold may have been fitted to; as ``learnt_from``.

        Empty, where the protocol deals single rows: copies of them are in training on purpose.
        """
        return {} if self.protocol.unit == "row" else self._audio("test")

    def _audio(self, *sides: str) -> dict[int, str]:
        hashes = self.prepared.hashes
        rows = {row.id: row for side in sides for row in self.rows(side)}  # one of each utterance
        return {_number(content(row, hashes) or row.id): row.id for row in rows.values()}

    def without_validation(self) -> FoldData:
        """Give the validation side and its copies to the training side, with a new scaler."""
        validation = self.fold.validation
        originals = len({row.id for row in self.prepared.rows})
        starts = np.arange(0, len(self.prepared.rows), originals)  # of each kind of copies
        starts = starts[:1] if self.protocol.unit == "row" else starts
        whole = np.union1d(self.fold.train, np.add.outer(starts, validation))
        merged = replace(self.fold, train=whole, validation=validation[:0])
        return FoldData.fit(
            self.prepared,
            merged,
            self.protocol,
            self.num_folds,
            self.overlaps,
            source=self.source,
        )


def _moments(prepared: Prepared, fold: Fold, scaler: str) -> tuple[Tensor, Tensor]:
    if scaler in ("none", *BY_GROUP):  # those of groups were scaled when they were prepared
        channels = prepared.features.values.shape[1]
        return torch.zeros(channels), torch.ones(channels)
    rows = fold.train if scaler == "train" else np.arange(len(prepared.rows))
    mean, std = prepared.features.moments(torch.from_numpy(rows))
    return mean, _floored(mean, std)


def _floored(mean: Tensor, std: Tensor) -> Tensor:
    """Replace deviations that are nothing beside their channels by the magnitude of these.

    Another recording would exceed such a deviation a thousand times. Where the magnitude is nothing
    as well, it is 1.
    """
    magnitude = (mean.square() + std.square()).sqrt()
    constant = torch.where(magnitude > 0, magnitude, 1.0)
    return torch.where(std > FLAT * magnitude, std, constant)


def _number(key: object) -> int:
    """Whole number of 63 bits that stands for a key."""
    return int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:8], "big") >> 1
