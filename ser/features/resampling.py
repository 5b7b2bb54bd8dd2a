"""Another rate: by the windowed sinc of torchaudio, or the same where that is too large."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor
from torchaudio.transforms import Resample

# The default of torchaudio lets 8.5 kHz through to a rate of 16 kHz at -11 dB; this at -74 dB, and
# below -75 dB whatever lies more than 7.5 % above half the lower rate.
ZEROS = 64  # of the sinc, on each side
ROLLOFF = 0.99  # torchaudio's: where the filter cuts, as a share of half the lower rate
LARGEST = 2**20  # weights of a filter that torchaudio may compute: 4 MB, and some 30 while it does
PHASES = 1024  # of the filter between two samples, interpolated: within -110 dB of the exact one
AT_ONCE = 2**17  # weights in use at a time, which a cache holds


def resampled(waveform: Tensor, rate: int, sample_rate: int) -> Tensor:
    """Resample, band-limited, at a cost that does not depend on what the rates have in common.

    A polyphase filter has a set of weights for each of ``sample_rate / gcd`` positions: hundreds
    for common rates, and 16 000 for 44 099 Hz. Where there are too many, weights are interpolated
    between 1024 positions, which changes the result by less than 1e-5 of its peak. At any rate,
    a tone that both can hold differs from the ideal one by less than -75 dB.

    Args:
        waveform: Samples.
        rate: Their rate, in Hz.
        sample_rate: Rate wanted, in Hz.

    Shape:
        - waveform: ``(time,)``
        - output: ``(ceil(time * sample_rate / rate),)``
    """
    common = math.gcd(rate, sample_rate)
    source, target = rate // common, sample_rate // common
    if target * (source + 2 * _half_width(source, target)) > LARGEST:
        return interpolated(waveform, source, target)
    found: Tensor = _filter(rate, sample_rate, waveform.device)(waveform)
    return found


@lru_cache(maxsize=16)
def _filter(rate: int, sample_rate: int, device: torch.device) -> Resample:
    """Filter between two rates; to make it takes longer than to apply it."""
    made = Resample(rate, sample_rate, lowpass_filter_width=ZEROS, dtype=torch.float32)
    return made.to(device)


def interpolated(waveform: Tensor, source: int, target: int) -> Tensor:
    """Resample from a rate to another, given as a fraction in lowest terms, by interpolation.

    Shape:
        - waveform: ``(time,)``
        - output: ``(ceil(time * target / source),)``
    """
    weights = _weights(source, target, waveform.device)  # (phases + 1, taps)
    taps, half = weights.shape[1], _half_width(source, target)
    windows = torch.nn.functional.pad(waveform, (half, half + 1)).unfold(0, taps, 1)
    count = -(-len(waveform) * target // source)
    parts = torch.split(torch.arange(count, device=waveform.device), max(AT_ONCE // taps, 1))
    return torch.cat([_at(part, windows, weights, source, target) for part in parts])


def _at(places: Tensor, windows: Tensor, weights: Tensor, source: int, target: int) -> Tensor:
    """Samples at some places of the output; integers keep the time exact."""
    moments = places * source
    phase = (moments % target) * (len(weights) - 1)
    low, share = phase // target, (phase % target).float() / target
    near = windows[moments // target]
    at, after = (torch.linalg.vecdot(weights[phases], near) for phases in (low, low + 1))
    return torch.lerp(at, after, share)


def _half_width(source: int, target: int) -> int:
    return math.ceil(ZEROS * source / (min(source, target) * ROLLOFF))


@lru_cache(maxsize=16)
def _weights(source: int, target: int, device: torch.device) -> Tensor:
    """Weights of the samples around each phase, with Hann's window as torchaudio computes it."""
    half, cut = _half_width(source, target), min(1.0, target / source) * ROLLOFF
    phases = math.ceil(PHASES * min(1.0, target / source))
    moments = torch.arange(phases + 1, dtype=torch.float64)[:, None] / phases
    distance = (torch.arange(-half, half + 2, dtype=torch.float64) - moments) * cut
    distance = distance.clamp(-ZEROS, ZEROS)
    window = torch.cos(distance * torch.pi / ZEROS / 2) ** 2
    return (torch.sinc(distance) * window * cut).float().to(device)
