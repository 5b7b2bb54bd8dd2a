"""Whole epochs at a time, for a device that holds the corpus and gathers its batches itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from ser.data.batches import Batch, EpochBatches, FeatureSet
from ser.features.collected import Features

SHARE = 0.5  # of the free memory of a device, which a corpus may take


@dataclass(frozen=True)
class Resident:
    """Features and targets of a corpus, on the device that trains on them.

    Args:
        features: Features of the corpus.
        targets: Class of each utterance in them.
    """

    features: Features
    targets: Tensor

    def batch(self, rows: Tensor, frames: int | None) -> Batch:
        """Gather a batch; nothing here waits for the device.

        Args:
            rows: Which utterances, ``(batch,)``, on the device.
            frames: Frames to pad to.
        """
        return Batch(*self.features.batch(rows, frames), self.targets[rows])


@dataclass(frozen=True)
class Epoch:
    """The batches of an epoch, in their order.

    Args:
        corpus: What they are gathered from.
        rows: Utterances of each batch, ``(batch,)``.
        frames: Frames that each batch is padded to.
    """

    corpus: Resident
    rows: list[Tensor]
    frames: list[int]

    @property
    def sizes(self) -> list[int]:
        """Utterances of each batch."""
        return [len(rows) for rows in self.rows]


class Epochs:
    """What a loader serves, an epoch at a time; a Trainer sets the epoch of ``sampler``.

    Args:
        data: A side of a fold.
        sampler: Batches of it.
        device: Where batches are gathered.
    """

    def __init__(self, data: FeatureSet, sampler: EpochBatches, device: torch.device) -> None:
        self.data = data
        self.sampler = sampler
        self.device = device
        self.corpus = resident(data.features, data.targets, device)

    @property
    def steps_per_batch(self) -> int:
        """Batches of an epoch, which a Trainer takes for a single one."""
        return len(self.sampler)

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[Epoch]:
        batches = [self.data.rows[positions] for positions in self.sampler]
        frames = [self.data.width(rows) for rows in batches]
        order = torch.cat(batches).to(self.device)  # copied once an epoch
        yield Epoch(self.corpus, list(torch.split(order, [len(rows) for rows in batches])), frames)


def epochs_of(loader: object, device: torch.device) -> Epochs | None:
    """Whole epochs of a loader of this package; None of another, or where the device is too small.

    Args:
        loader: Any loader.
        device: Where batches are to be gathered.
    """
    data, sampler = getattr(loader, "dataset", None), getattr(loader, "sampler", None)
    if not (isinstance(data, FeatureSet) and isinstance(sampler, EpochBatches)):
        return None
    return Epochs(data, sampler, device) if fits(data.features, device) else None


def fits(features: Features, device: torch.device) -> bool:
    """Whether a device has room for the features of a corpus, and for a training beside them."""
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return features.values.nbytes <= SHARE * free


@lru_cache(maxsize=1)  # the folds of a corpus share it; two may not fit
def resident(features: Features, targets: Tensor, device: torch.device) -> Resident:
    """Bring a corpus to a device; the last one stays there for the next fold."""
    there = Features(
        features.values.to(device),
        features.starts.to(device),
        features.num_frames,
        features.sequence,
    )
    return Resident(there, targets.to(device))
