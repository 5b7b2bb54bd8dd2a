"""Mel filters, applied to power spectra."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torchaudio.functional import melscale_fbanks

from ser.features.limits import require

BLOCK = 16  # neighbouring mel filters that are applied at once
SUMMED = 192  # bins that a product of matrices sums up at once on AVX-512, before it adds the next
MOST_BANDS = 512
LEAST_BAND = 0.1


def check_bands(n_mels: int) -> None:
    """Refuse a number of mel bands that no spectrum has.

    Raises:
        ConfigError: If it is not in 1 to 512.
    """
    require(
        0 < n_mels <= MOST_BANDS,
        f"n_mels={n_mels} must be positive and at most {MOST_BANDS}; 64 is usual.",
    )


def mel_filters(
    sample_rate: int, window_length: int, n_mels: int, bandwidth: float = 1.0
) -> Tensor:
    """Return Slaney mel filters of equal area from 0 Hz on.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Window length, in samples.
        n_mels: Number of bands.
        bandwidth: Where the last one ends, as a share of half the sampling rate.

    Returns:
        Filters of shape ``(n_mels, window_length // 2 + 1)``.

    References:
        Slaney, "Auditory Toolbox", Interval Research report 1998-010.
    """
    bins = window_length // 2 + 1
    filters: Tensor = melscale_fbanks(
        bins,
        0.0,
        bandwidth * sample_rate / 2,
        n_mels,
        sample_rate,
        norm="slaney",
        mel_scale="slaney",
    )
    return filters.T.contiguous()


class MelBank(nn.Module):
    """Mel filters, applied in blocks that read only the bins which they cover.

    Nine tenths of the matrix of filters are zeros; blocks of neighbours leave most of them out.
    What is left is summed up in the parts that the whole matrix would be summed up in, so that
    the result is that of the whole matrix to the bit, where those parts are known.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Window length, in samples.
        n_mels: Number of bands.
        bandwidth: Where the last one ends, as a share of half the sampling rate.

    Raises:
        ConfigError: If ``n_mels`` is not in 1 to 512, or ``bandwidth`` not in 0.1 to 1.

    Shape:
        - power: ``(batch, window_length // 2 + 1, frames)``
        - output: ``(batch, n_mels, frames)``
    """

    filters: Tensor

    def __init__(
        self, sample_rate: int, window_length: int, n_mels: int, bandwidth: float = 1.0
    ) -> None:
        super().__init__()
        check_bands(n_mels)
        require(
            LEAST_BAND <= bandwidth <= 1,
            f"bandwidth={bandwidth} must be from {LEAST_BAND} to 1; 1 reads up to half the rate.",
        )
        filters = mel_filters(sample_rate, window_length, n_mels, bandwidth)
        self.register_buffer("filters", filters, persistent=False)
        bands = [slice(first, first + BLOCK) for first in range(0, n_mels, BLOCK)]
        self.blocks = [(band, _parts(_covered(filters[band]))) for band in bands]

    def forward(self, power: Tensor) -> Tensor:
        """Return the power in each band."""
        return torch.cat([self._bands(power, m, parts) for m, parts in self.blocks], 1)

    def _bands(self, power: Tensor, bands: slice, parts: list[slice]) -> Tensor:
        first, *rest = (self.filters[bands, k] @ power[:, k] for k in parts)
        return sum(rest, start=first)


def _covered(filters: Tensor) -> slice:
    """Return the bins from the first to the last that some filter hears."""
    bins = filters.amax(0).nonzero()[:, 0].tolist() or [0]
    return slice(bins[0], bins[-1] + 1)


def _parts(bins: slice) -> list[slice]:
    """Cut bins wherever a product of matrices begins a new sum."""
    cuts = range((bins.start // SUMMED + 1) * SUMMED, bins.stop, SUMMED)
    return [slice(*pair) for pair in pairwise([bins.start, *cuts, bins.stop])]
