"""Batches of utterances, gathered from memory in an order that can be continued."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from ser.data.balance import BALANCES, Places, balanced_order, groups_of
from ser.data.prepared import Prepared
from ser.errors import ConfigError, check_choice
from ser.features.collected import Features
from ser.folds.fold import Indices

PADDINGS = ("batch", "few", "corpus")
POOLED = 4  # batches whose utterances are sorted by length: of more, batches would be less random
WIDTHS = 4  # of pad_to="few": more leave less padding, and more shapes


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


@dataclass(frozen=True)
class Loading:
    """How batches are made.

    Args:
        batch_size: Training utterances a batch.
        eval_batch_size: Validation and test utterances a batch.
        pad_to: Longest utterance that a batch is padded to: of the ``batch`` or of the ``corpus``;
            or the next of a ``few`` widths, so that shapes recur and little is padded.
        seed: Seed of the order of training batches, and of augmentation.
        balance: What training batches hold alike often: each ``"emotion"``, each emotion of each
            speaker (``"emotion_speaker"``), or None for each utterance once an epoch.
        group_by_length: Whether training batches hold utterances of like length, so that little
            of them is padding.

    Raises:
        ConfigError: If ``pad_to`` or ``balance`` is unknown, or a size is below 1.
    """

    batch_size: int = 32
    eval_batch_size: int = 64
    pad_to: str = "batch"
    seed: int = 0
    balance: str | None = None
    group_by_length: bool = False

    def __post_init__(self) -> None:
        for name in ("batch_size", "eval_batch_size"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name}={getattr(self, name)} must be 1 or more; correct it.")
        check_choice("pad_to", self.pad_to, PADDINGS)
        check_choice("balance", self.balance, BALANCES)


def loader(
    prepared: Prepared, rows: Indices, loading: Loading, *, train: bool = False, raw: bool = False
) -> DataLoader[Batch]:
    """Batches of some rows of a corpus.

    Args:
        prepared: The corpus.
        rows: Which rows.
        loading: How batches are made.
        train: Whether they are shuffled anew in each epoch.
        raw: Whether waveforms are wanted in the place of features.
    """
    source = prepared.waveforms if raw and prepared.waveforms else prepared.features
    data = FeatureSet(source, prepared.targets, torch.from_numpy(rows), loading.pad_to)
    size = loading.batch_size if train else loading.eval_batch_size
    sampler = EpochBatches(len(data), size, loading.seed if train else None)
    if train and loading.balance:
        sampler.groups = groups_of((prepared.rows[i] for i in rows), loading.balance)
    if train and loading.group_by_length and source.sequence:
        sampler.lengths = source.lengths[rows].numpy()
    return DataLoader(data, batch_size=None, sampler=sampler, pin_memory=torch.cuda.is_available())


class FeatureSet(Dataset[Batch]):
    """Utterances of one side of a fold; an item is a whole batch, gathered at once.

    Args:
        features: Features of the corpus.
        targets: Class of each utterance in them.
        rows: Those that belong to the side.
        pad_to: As in ``Loading``.
    """

    def __init__(
        self, features: Features, targets: Tensor, rows: Tensor, pad_to: str = "batch"
    ) -> None:
        self.features = features
        self.targets = targets
        self.rows = rows
        self.pad_to = pad_to

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, positions: list[int]) -> Batch:
        rows = self.rows[positions]
        return Batch(*self.features.batch(rows, self.width(rows)), self.targets[rows])

    def width(self, rows: Tensor) -> int:
        """Frames that a batch of some rows is padded to; 1 for vectors."""
        whole = self.features.num_frames
        if self.pad_to == "corpus" or not self.features.sequence:
            return whole
        longest = int(self.features.lengths[rows].max())
        step = 1 if self.pad_to == "batch" else -(-whole // WIDTHS)
        return min(-(-longest // step) * step, whole)


class EpochBatches(Sampler[list[int]]):
    """Batches in an order that depends on the seed and the epoch alone.

    A run that is continued at an epoch therefore sees the batches it would have seen.
    Lightning calls ``set_epoch``.

    Args:
        size: Number of items.
        batch_size: Items a batch; the last one may be smaller. A single item that is left over
            joins the batch before it: batch normalisation has no variance of one item.
        seed: Seed of the order, or None to keep the order of the items.
        groups: Group of each item, of which each is to come alike often; None for each item once.
        lengths: Length of each item, by which items that come soon after one another are dealt to
            batches; None deals them as they come.
    """

    def __init__(
        self,
        size: int,
        batch_size: int,
        seed: int | None = None,
        groups: Places | None = None,
        lengths: Places | None = None,
    ) -> None:
        self.size = size
        self.batch_size = batch_size
        self.seed = seed
        self.groups = groups
        self.lengths = lengths
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self._starts())

    def __iter__(self) -> Iterator[list[int]]:
        order = self._order()
        batches = [order[a:b].tolist() for a, b in pairwise([*self._starts(), self.size])]
        yield from batches if self.lengths is None else self._mixed(batches)

    def _order(self) -> Places:
        if self.seed is None:
            return np.arange(self.size)
        if self.groups is not None:
            drawn = balanced_order(self.groups, (self.seed, self.epoch))
        else:
            drawn = np.random.default_rng([self.seed, self.epoch]).permutation(self.size)
        return drawn if self.lengths is None else self._by_length(drawn, self.lengths)

    def _by_length(self, order: Places, lengths: Places) -> Places:
        """Sort what makes a few batches, so that each of them is of one length, or nearly so."""
        ends = range(POOLED * self.batch_size, self.size, POOLED * self.batch_size)
        pools = np.split(order, list(ends))
        return np.concatenate([pool[lengths[pool].argsort(kind="stable")] for pool in pools])

    def _mixed(self, batches: list[list[int]]) -> list[list[int]]:
        """Bring batches into an order that their lengths have no part in."""
        drawn = np.random.default_rng([self.seed or 0, self.epoch, 1])
        return [batches[place] for place in drawn.permutation(len(batches))]

    def _starts(self) -> list[int]:
        starts = list(range(0, self.size, self.batch_size))
        alone = self.batch_size > 1 and self.size % self.batch_size == 1
        return starts[:-1] if alone and len(starts) > 1 else starts
