"""Chroma: energy by pitch class."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ser.features.tuning import STEPS, estimate_tuning

CENTRE_OCTAVE, OCTAVE_WIDTH = 5.0, 2.0  # Gaussian weight over octaves, counted from A0 = 27.5 Hz
TINY = torch.finfo(torch.float32).tiny


def normalise(values: Tensor, norm: float) -> Tensor:
    """Divide by the norm over dimension 1, leaving silence as it is."""
    size = torch.linalg.vector_norm(values, norm, dim=1, keepdim=True)
    return values / torch.where(size < TINY, 1.0, size)


def chroma_filters(sample_rate: int, window_length: int) -> Tensor:
    """Return filters from spectrum to twelve pitch classes from C, for every tuning step.

    A bin of the spectrum is shared among pitch classes by a Gaussian around its pitch, as wide as
    the bin or a semitone, whichever is more; octaves far from the fifth weigh less.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Window length, in samples.

    Returns:
        Filters of shape ``(STEPS, 12, window_length // 2 + 1)``.

    References:
        Ellis, "Chroma feature analysis and synthesis", Columbia University, 2007.
    """
    bins = window_length // 2 + 1
    hertz = torch.arange(1, bins + 1, dtype=torch.float64) * sample_rate / window_length
    pitch = 12 * torch.log2(hertz / 27.5)  # semitones above A0
    pitch = torch.cat([pitch[:1] - 18, pitch])  # 0 Hz has no pitch: 1.5 octaves below the first bin
    width = pitch.diff().clamp(min=1.0)
    tuning = torch.arange(STEPS, dtype=torch.float64) / STEPS - 0.5
    pitch = pitch[:bins] - tuning[:, None]  # (STEPS, bins)
    classes = (torch.arange(12.0, dtype=torch.float64) + 3) % 12  # C first, counted from A
    distance = torch.remainder(pitch[:, None] - classes[:, None] + 6, 12) - 6
    weight = torch.exp(-2 * (distance / width).square())
    weight = weight / torch.linalg.vector_norm(weight, dim=1, keepdim=True)
    octave = torch.exp(-0.5 * ((pitch / 12 - CENTRE_OCTAVE) / OCTAVE_WIDTH).square())
    filters: Tensor = (weight * octave[:, None]).float()
    return filters


class Chroma(nn.Module):
    """Chromagram of a spectrogram, at the tuning of each utterance, peak-normalised by frame.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Window length of the spectrogram, in samples.

    Shape:
        - magnitude: ``(batch, bins, frames)``, 0 in frames that are not the utterance's
        - output: ``(batch, 12, frames)``, pitch classes from C
    """

    filters: Tensor

    def __init__(self, sample_rate: int, window_length: int) -> None:
        super().__init__()
        self.sample_rate = sample_rate
        filters = chroma_filters(sample_rate, window_length)
        self.register_buffer("filters", filters, persistent=False)

    def forward(self, magnitude: Tensor) -> Tensor:
        """Return the chromagram."""
        tuning = estimate_tuning(magnitude, self.sample_rate)
        return normalise(self.filters[tuning] @ magnitude, torch.inf)
