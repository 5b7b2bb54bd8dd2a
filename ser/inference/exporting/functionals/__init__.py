"""``ser.features.Functionals`` over padded batches, by shapes that no sample decides.

Each module follows the one of the same name in ``ser.features.functionals``, which says what its
numbers mean. Loops over utterances and peaks are masks here.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ser.features import Functionals
from ser.features.functionals.spectra import decibels
from ser.inference.exporting.functionals.descriptors import BatchDescriptors
from ser.inference.exporting.functionals.peaks import peaks
from ser.inference.exporting.functionals.tracks import (
    BatchTracks,
    deltas,
    levels,
    moments,
    percentiles,
    regression,
    smoothed,
    steadied,
)

FAMILIES = (moments, percentiles, levels, regression, peaks)


class BatchFunctionals(nn.Module):
    """What ``Functionals.extract`` gives of clips.

    Args:
        front_end: The front end.

    Shape:
        - waveform: ``(batch, time)``, 0 beyond the lengths
        - lengths: ``(batch,)``
        - output: ``(batch, 5430)``
    """

    def __init__(self, front_end: Functionals) -> None:
        super().__init__()
        self.hop = front_end.hop
        self.descriptors = BatchDescriptors(front_end.descriptors)

    def forward(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the vectors."""
        found, mel, counts = self.descriptors(waveform, lengths)
        values = steadied(smoothed(found, counts), counts)
        values = torch.cat([values, deltas(values, counts)], 1)
        tracks = BatchTracks.of(values, counts, self.hop)
        numbers = torch.cat([family(tracks) for family in FAMILIES], 2)
        power = (mel * tracks.mask.transpose(1, 2)).sum(1) / counts[:, None]
        long_term = decibels(power / power.sum(1, keepdim=True))
        return torch.cat([numbers.flatten(1), long_term], 1)
