"""Spectral shape: where the power of a frame lies, how it is spread, and how fast it changes."""

from __future__ import annotations

from math import log10

import torch
from torch import Tensor, nn

from ser.features.functionals.spectra import decibels

ROLL_OFFS = (0.25, 0.50, 0.75, 0.90)
SLOPES = ((0, 500), (500, 1500), (0, 5000))  # Hz
BANDS = ((250, 650), (1000, 4000))  # Hz
ALPHA = ((50, 1000), (1000, 5000))  # Hz
HAMMARBERG = ((0, 2000), (2000, 5000))  # Hz
NAMES = (
    *("centroid", "spread", "skewness", "log_kurtosis", "entropy", "log_flatness"),
    *(f"rolloff_{100 * share:.0f}" for share in ROLL_OFFS),
    *("flux_normalised", "flux"),
    *(f"slope_{low}_{high}" for low, high in SLOPES),
    *(f"band_{low}_{high}" for low, high in BANDS),
    *("alpha_ratio", "hammarberg_index", "sharpness", "loudness"),
)
COMPRESSION = 0.23  # power to specific loudness, after Zwicker
SHARP = 15.8  # Bark from which on a sound counts as sharp


class SpectralShape(nn.Module):
    """The 21 descriptors named in ``NAMES``; frequencies in Hz, levels in dB, slopes in dB a kHz.

    Bands that end above half the sampling rate end there.

    Args:
        hertz: Frequencies of the bins.
        centres: Centre frequencies of the mel bands, in Hz.

    Shape:
        - power: ``(frames, bins)``
        - mel: ``(frames, n_mels)``, power
        - output: ``(21, frames)``

    References:
        Eyben et al., "The Geneva minimalistic acoustic parameter set (GeMAPS)", IEEE Transactions
        on Affective Computing 2016 (slopes, alpha ratio, Hammarberg index).
        Fastl and Zwicker, "Psychoacoustics", Springer 2007 (sharpness).
    """

    hertz: Tensor
    regressors: Tensor
    sums: Tensor
    sharp: Tensor

    def __init__(self, hertz: Tensor, centres: Tensor) -> None:
        super().__init__()
        bark = 6 * torch.asinh(centres / 600)
        buffers = {
            "hertz": hertz,
            "regressors": torch.stack([_regressor(hertz, *band) for band in SLOPES]),
            "sums": torch.stack([_inside(hertz, *band).float() for band in (*BANDS, *ALPHA)]),
            "sharp": bark * (0.85 + 0.15 * torch.exp(0.42 * (bark - SHARP).clamp(min=0))),
        }
        for name, value in buffers.items():
            self.register_buffer(name, value, persistent=False)
        inside = [_inside(hertz, *band).nonzero()[:, 0].tolist() for band in HAMMARBERG]
        self.halves = [slice(bins[0], bins[-1] + 1) for bins in inside]

    def forward(self, power: Tensor, mel: Tensor) -> Tensor:
        """Return the descriptors."""
        total = power.sum(1, keepdim=True)
        share, level = power / total, decibels(power)  # (frames, bins)
        rises = level - level[:, :1]  # all zero where a spectrum is flat: no slopes of rounding
        rows = [
            *self._moments(share),
            *_evenness(share, level, total[:, 0]),
            *self._roll_offs(share),
            _flux(share),
            _flux(power.sqrt()),
            *(self.regressors @ rises.T),
            *self._balances(power, level),
            *self._loudness(mel),
        ]
        return torch.stack(rows)

    def _moments(self, share: Tensor) -> list[Tensor]:
        """Centroid, spread, skewness and logarithm of kurtosis, of power over frequency."""
        centroid = share @ self.hertz
        distance = self.hertz - centroid[:, None]
        squares = share * distance.square()
        variance = squares.sum(1).clamp(min=1.0)
        skewness = (squares * distance).sum(1) / variance**1.5
        kurtosis = (squares * distance.square()).sum(1) / variance.square()
        return [centroid, variance.sqrt(), skewness, kurtosis.clamp(min=1.0).log()]

    def _roll_offs(self, share: Tensor) -> list[Tensor]:
        """Frequencies below which parts of the power lie."""
        parts = share.new_tensor(ROLL_OFFS).expand(len(share), -1).contiguous()
        counts = torch.searchsorted(share.cumsum(1), parts).clamp(max=len(self.hertz) - 1)
        return list(self.hertz[counts].T)

    def _balances(self, power: Tensor, level: Tensor) -> list[Tensor]:
        """Levels of two bands, and differences in level between low and high bands."""
        first, second, low, high = decibels(self.sums @ power.T)
        below, above = (level[:, bins].amax(1) for bins in self.halves)
        return [first, second, low - high, below - above]

    def _loudness(self, mel: Tensor) -> list[Tensor]:
        """Sharpness in acum and loudness, both of a simple model: a power law in each band."""
        specific = mel**COMPRESSION
        loudness = specific.sum(1)
        return [0.11 * (specific @ self.sharp) / loudness, loudness]


def _inside(hertz: Tensor, low: float, high: float) -> Tensor:
    return (hertz >= low) & (hertz <= high)


def _regressor(hertz: Tensor, low: float, high: float) -> Tensor:
    """Weights by which a sum of levels is their slope between two frequencies."""
    inside = _inside(hertz, low, high).float()
    distance = inside * (hertz - (inside * hertz).sum() / inside.sum()) / 1000
    return distance / distance.square().sum()


def _evenness(share: Tensor, level: Tensor, total: Tensor) -> list[Tensor]:
    """Entropy as a part of that of a flat spectrum, and flatness in dB, 0 for one."""
    bins = share.shape[1]
    surprise = decibels(total) - (share * level).sum(1)  # dB, of one bin
    return [surprise / (10 * log10(bins)), level.mean(1) - decibels(total / bins)]


def _flux(spectra: Tensor) -> Tensor:
    """Euclidean distance to the frame before; the first frame takes that of the second."""
    distance = spectra.diff(dim=0).square().sum(1).sqrt()
    return torch.cat([distance[:1], distance]) if len(distance) else spectra.new_zeros(1)
