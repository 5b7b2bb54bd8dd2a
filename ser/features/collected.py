"""Features of many utterances in one matrix: gathered in batches, and their moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

PART = 2**22  # numbers at once, of a corpus that may not fit into memory


@dataclass(frozen=True)
class Features:
    """Feature frames of many utterances, one after the other.

    Args:
        values: Frames of all utterances, ``(total_frames, channels)``, memory-mapped.
        starts: Where each utterance begins in ``values``, and the end of the last.
        num_frames: Frames of the longest utterance.
        sequence: Whether an utterance is a matrix of frames, or one vector.
    """

    values: Tensor
    starts: Tensor
    num_frames: int
    sequence: bool

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> Tensor:
        """Frames of each utterance, ``(utterances,)``."""
        return self.starts.diff()

    def batch(self, rows: Tensor, frames: int | None = None) -> tuple[Tensor, Tensor]:
        """Gather utterances.

        Args:
            rows: Which.
            frames: Frames to pad to; None takes the longest utterance of the batch.

        Shape:
            - rows: ``(batch,)``
            - features: ``(batch, channels, frames)``, zero-padded, or ``(batch, channels)`` for
              vectors
            - lengths: ``(batch,)``, frames of each utterance that are not padding
        """
        lengths = self.lengths[rows]
        if not self.sequence:
            return self.values[self.starts[rows]], lengths
        frame = torch.arange(frames or int(lengths.max()), device=rows.device)
        beyond = frame >= lengths[:, None]
        values = self.values[(self.starts[rows][:, None] + frame).masked_fill(beyond, 0)]
        return values.masked_fill_(beyond[..., None], 0).transpose(1, 2).contiguous(), lengths

    def moments(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and population standard deviation of each channel over the frames of ``rows``.

        Shape:
            - rows: ``(utterances,)``
            - mean, std: ``(channels,)``
        """
        count = int(self.lengths[rows].sum())
        mean = torch.stack([part.sum(0) for part in self._parts(rows)]).sum(0) / count
        squares = torch.stack([(part - mean).square().sum(0) for part in self._parts(rows)])
        return mean.float(), (squares.sum(0) / count).sqrt().float()

    def _parts(self, rows: Tensor) -> Iterator[Tensor]:
        """Frames of ``rows`` in float64, a bounded number at a time."""
        frames = max(PART // self.values.shape[1], self.num_frames)
        for part in torch.split(rows, frames // self.num_frames):
            ends = zip(self.starts[part].tolist(), self.starts[part + 1].tolist(), strict=True)
            yield torch.cat([self.values[start:end] for start, end in ends]).double()

    @staticmethod
    def join(parts: Sequence[Features]) -> Features:
        """Put sets of utterances one after the other."""
        if len(parts) == 1:
            return parts[0]
        shifts = np.cumsum([0, *(len(part.values) for part in parts)])
        starts = [part.starts[:-1] + int(n) for part, n in zip(parts, shifts, strict=False)]
        return Features(
            torch.cat([part.values for part in parts]),
            torch.cat([*starts, torch.tensor([int(shifts[-1])])]),
            max(part.num_frames for part in parts),
            parts[0].sequence,
        )
