"""The nearest neighbour in training of what each fold tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from ser.audit.probes import Neighbours, neighbours, vectors
from ser.folds.overlaps import content

if TYPE_CHECKING:
    from ser.corpora.corpus import Utterance
    from ser.data.corpus_folds import CorpusFolds
    from ser.folds import Fold


def nearest(data: CorpusFolds, folds: Sequence[Fold]) -> list[Neighbours]:
    """Nearest neighbour of each tested row of each fold, in training or validation."""
    values, everything = vectors(data.prepared.features), np.arange(len(data.rows))
    return [
        neighbours(
            values,
            rows=fold.test,
            among=np.concatenate([fold.train, fold.validation]),
            fit=everything if data.protocol.scaler == "all" else fold.train,
        )
        for fold in folds
    ]


@dataclass(frozen=True)
class Pair:
    """Two recordings that are nearer to each other than recordings are.

    Args:
        one: An utterance.
        other: Its nearest neighbour.
        ratio: Distance of the two, as a share of the distance to the tenth neighbour.
    """

    one: Utterance
    other: Utterance
    ratio: float

    @property
    def across(self) -> bool:
        """Whether they are of two speakers."""
        return self.one.speaker != self.other.speaker

    def __str__(self) -> str:
        return f"{self.one.id} ~ {self.other.id} ({self.ratio:.2f})"


def near_copies(
    utterances: Sequence[Utterance], values: Tensor, hashes: Mapping[str, str], close: float
) -> list[Pair]:
    """Pairs of different recordings that are suspiciously near, by their ids.

    Args:
        utterances: Of the corpus.
        values: Features of each, as a vector.
        hashes: Hash of the content of each file, by utterance id.
        close: Share of the distance to the tenth neighbour; what is nearer is suspicious.

    Shape:
        - values: ``(utterances, numbers)``
    """
    everything = np.arange(len(utterances))
    found = neighbours(values, everything, everything, everything)
    pairs: dict[tuple[str, str], Pair] = {}
    for i, j, ratio in zip(found.rows, found.nearest, found.ratio, strict=True):
        one, other = sorted((utterances[i], utterances[j]), key=lambda u: u.id)
        if ratio < close and content(one, hashes) != content(other, hashes):
            pairs.setdefault((one.id, other.id), Pair(one, other, float(ratio)))
    return [pairs[ids] for ids in sorted(pairs)]
