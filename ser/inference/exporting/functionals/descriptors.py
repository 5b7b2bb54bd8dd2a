"""Descriptors of a padded batch."""

from __future__ import annotations

from math import log10

import torch
from torch import Tensor, nn

from ser.features.frames import frame_mask
from ser.features.functionals.descriptors import Descriptors
from ser.features.functionals.shape import COMPRESSION, ROLL_OFFS, SpectralShape
from ser.features.functionals.spectra import RANGE, TINY, decibels
from ser.inference.exporting.spectra import Transform


class BatchDescriptors(nn.Module):
    """What ``Descriptors`` gives of each utterance, with whatever beyond its frames.

    Args:
        own: The descriptors of one utterance.

    Shape:
        - waveform: ``(batch, time)``, 0 beyond the lengths
        - lengths: ``(batch,)``
        - output: ``(batch, 77, frames)``, mel power ``(batch, frames, 40)``, frames ``(batch,)``
    """

    def __init__(self, own: Descriptors) -> None:
        super().__init__()
        graph = own.spectrograph
        self.own, self.shape = own, BatchShape(own.shape)
        self.window, self.hop = graph.window_length, graph.hop_length
        self.transform = Transform(graph.taper, self.hop, graph.size, len(graph.hertz))

    def forward(self, waveform: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the descriptors."""
        samples = _levelled(waveform, lengths)
        counts = (lengths.clamp(min=self.window) - self.window) // self.hop + 1
        real, imaginary = self.transform(samples)
        power = (real.square() + imaginary.square()).transpose(1, 2)  # (batch, frames, bins)
        mask = frame_mask(counts, power.shape[1])
        power = _floored(power, mask[..., None])
        mel = power @ self.own.filters
        log_mel = decibels(mel)
        energy = samples.square().unfold(1, self.window, self.hop).mean(2)
        rows = [
            log_mel.transpose(1, 2),
            (log_mel @ self.own.dct).transpose(1, 2),
            decibels(_floored(energy, mask))[:, None],
            self._zero_crossings(samples)[:, None],
            self.shape(power, mel, counts),
        ]
        return torch.cat(rows, 1), mel, counts

    def _zero_crossings(self, samples: Tensor) -> Tensor:
        negative = samples < 0
        crossings = (negative[:, 1:] ^ negative[:, :-1]).float()
        return crossings.unfold(1, self.window - 1, self.hop).mean(2)


class BatchShape(nn.Module):
    """What ``SpectralShape`` gives of each utterance.

    Args:
        own: The descriptors of one utterance.

    Shape:
        - power: ``(batch, frames, bins)``
        - mel: ``(batch, frames, 40)``
        - counts: ``(batch,)``
        - output: ``(batch, 21, frames)``
    """

    def __init__(self, own: SpectralShape) -> None:
        super().__init__()
        self.own = own

    def forward(self, power: Tensor, mel: Tensor, counts: Tensor) -> Tensor:
        """Return the descriptors."""
        total = power.sum(2, keepdim=True)
        share, level = power / total, decibels(power)
        more = (counts > 1)[:, None]
        rows = [
            *self._moments(share),
            *self._evenness(share, level, total[..., 0]),
            *self._roll_offs(share),
            _flux(share) * more,
            _flux(power.sqrt()) * more,
            *(level @ self.own.regressors.T).unbind(2),
            *self._balances(power, level),
            *self._loudness(mel),
        ]
        return torch.stack(rows, 1)

    def _moments(self, share: Tensor) -> list[Tensor]:
        centroid = share @ self.own.hertz
        distance = self.own.hertz - centroid[..., None]
        squares = share * distance.square()
        variance = squares.sum(2).clamp(min=1.0)
        skewness = (squares * distance).sum(2) / variance**1.5
        kurtosis = (squares * distance.square()).sum(2) / variance.square()
        return [centroid, variance.sqrt(), skewness, kurtosis.clamp(min=1.0).log()]

    def _evenness(self, share: Tensor, level: Tensor, total: Tensor) -> list[Tensor]:
        bins = len(self.own.hertz)
        surprise = decibels(total) - (share * level).sum(2)
        return [surprise / (10 * log10(bins)), level.mean(2) - decibels(total / bins)]

    def _roll_offs(self, share: Tensor) -> list[Tensor]:
        below, last = share.cumsum(2), len(self.own.hertz) - 1
        counts = [(below < part).sum(2).clamp(max=last) for part in ROLL_OFFS]
        return [self.own.hertz[count] for count in counts]

    def _balances(self, power: Tensor, level: Tensor) -> list[Tensor]:
        first, second, low, high = decibels(power @ self.own.sums.T).unbind(2)
        below, above = (level[..., bins].amax(2) for bins in self.own.halves)
        return [first, second, low - high, below - above]

    def _loudness(self, mel: Tensor) -> list[Tensor]:
        specific = mel**COMPRESSION
        loudness = specific.sum(2)
        return [0.11 * (specific @ self.own.sharp) / loudness, loudness]


def _levelled(waveform: Tensor, lengths: Tensor) -> Tensor:
    """Bring each utterance to a mean of 0 and a peak of 1."""
    own = frame_mask(lengths, waveform.shape[1])
    mean = (waveform * own).sum(1, keepdim=True) / lengths[:, None]
    samples = (waveform - mean) * own
    return samples / samples.abs().amax(1, keepdim=True).clamp(min=TINY)


def _floored(power: Tensor, mask: Tensor) -> Tensor:
    """Raise power to 80 dB below the maximum of its utterance."""
    peak = (power * mask).flatten(1).amax(1)
    floor = (peak * RANGE).clamp(min=TINY)
    return torch.maximum(power, floor.view(-1, *[1] * (power.ndim - 1)))


def _flux(spectra: Tensor) -> Tensor:
    distance = spectra.diff(dim=1).square().sum(2).sqrt()
    return torch.cat([distance[:, :1], distance], 1)
