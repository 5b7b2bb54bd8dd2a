"""Batches of utterances, gathered from memory in an order that can be continued."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from ser.features.store import Features


class Batch(NamedTuple):
    """Utterances as a network takes them.

    Shape:
        - features: ``(batch, channels, frames)``, or ``(batch, channels)`` for vectors
        - lengths: ``(batch,)``, frames that are not padding
        - target: ``(batch,)``, positions in ``Corpus.labels``
    """

    features: Tensor
    lengths: Tensor
    target: Tensor


class FeatureSet(Dataset[Batch]):
    """Utterances of one side of a fold; an item is a whole batch, gathered at once.

    Args:
        features: Features of the corpus.
        targets: Class of each utterance in them.
        rows: Those that belong to the side.
        frames: Frames that every batch is padded to; None takes the longest utterance in it.
    """

    def __init__(
        self, features: Features, targets: Tensor, rows: Tensor, frames: int | None = None
    ) -> None:
        self.features = features
        self.targets = targets
        self.rows = rows
        self.frames = frames

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, positions: list[int]) -> Batch:
        rows = self.rows[positions]
        return Batch(*self.features.batch(rows, self.frames), self.targets[rows])


class EpochBatches(Sampler[list[int]]):
    """Batches in an order that depends on the seed and the epoch alone.

    A run that is continued at an epoch therefore sees the batches it would have seen.
    Lightning calls ``set_epoch``.

    Args:
        size: Number of items.
        batch_size: Items a batch; the last one may be smaller. A single item that is left over
            joins the batch before it: batch normalisation has no variance of one item.
        seed: Seed of the order, or None to keep the order of the items.
    """

    def __init__(self, size: int, batch_size: int, seed: int | None = None) -> None:
        self.size = size
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self._starts())

    def __iter__(self) -> Iterator[list[int]]:
        order = np.arange(self.size)
        if self.seed is not None:
            order = np.random.default_rng([self.seed, self.epoch]).permutation(self.size)
        for start, end in pairwise([*self._starts(), self.size]):
            yield order[start:end].tolist()

    def _starts(self) -> list[int]:
        starts = list(range(0, self.size, self.batch_size))
        alone = self.batch_size > 1 and self.size % self.batch_size == 1
        return starts[:-1] if alone and len(starts) > 1 else starts
