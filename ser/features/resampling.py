"""Another rate: by the windowed sinc of torchaudio, or the same where that is too large."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchaudio.transforms import Resample

# The default of torchaudio lets 8.5 kHz through to a rate of 16 kHz at -11 dB; this at -74 dB, and
# below -75 dB whatever lies more than 7.5 % above half the lower rate.
ZEROS = 64  # of the sinc, on each side
ROLLOFF = 0.99  # torchaudio's: where the filter cuts, as a share of half the lower rate
LARGEST = 2**20  # weights of a filter that torchaudio may compute: 4 MB, and some 30 while it does
PERIODS = 8  # after which the samples of two rates meet again, that are resampled at a time


def resampled(waveform: Tensor, rate: int, sample_rate: int) -> Tensor:
    """Resample, band-limited, at a cost that does not depend on what the rates have in common.

    A polyphase filter has a set of weights for each of ``sample_rate / gcd`` positions: hundreds
    for common rates, and 16 000 for 44 099 Hz. Where there are too many, the same filter is applied
    to the spectrum, which changes the result by less than 1e-5 of its peak. At any rate, a tone
    of at most 0.87 times half the lower rate differs from the ideal one by less than -75 dB.

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
        return by_spectrum(waveform, source, target)
    found: Tensor = _filter(rate, sample_rate, waveform.device)(waveform)
    return found


@lru_cache(maxsize=16)
def _filter(rate: int, sample_rate: int, device: torch.device) -> Resample:
    """Filter between two rates; to make it takes longer than to apply it."""
    made = Resample(rate, sample_rate, lowpass_filter_width=ZEROS, dtype=torch.float32)
    return made.to(device)


def by_spectrum(waveform: Tensor, source: int, target: int) -> Tensor:
    """Resample from a rate to another, given as a fraction in lowest terms, by its spectrum.

    After ``source`` samples of one rate and ``target`` of the other both meet again, so the
    spectrum of a block of such periods holds that of the result. Blocks overlap by what the filter
    reaches.

    Shape:
        - waveform: ``(time,)``
        - output: ``(ceil(time * target / source),)``
    """
    margin = -(-_half_width(source, target) // source)  # periods
    inner = min(-(-len(waveform) // source), PERIODS)
    count = -(-len(waveform) // (inner * source))
    after = (count * inner + margin) * source - len(waveform)
    padded = torch.nn.functional.pad(waveform, (margin * source, after))
    blocks = padded.unfold(0, (inner + 2 * margin) * source, inner * source)
    found = _resampled_blocks(blocks, source, target, inner + 2 * margin)
    kept = found[:, margin * target : (margin + inner) * target]
    return kept.reshape(-1)[: -(-len(waveform) * target // source)]


def _resampled_blocks(blocks: Tensor, source: int, target: int, periods: int) -> Tensor:
    """Filter blocks, whose ends are taken for their beginnings.

    Shape:
        - blocks: ``(count, periods * source)``
        - output: ``(count, periods * target)``
    """
    size, wanted = periods * source, periods * target
    response = _response(source, target, periods, blocks.device)
    spectrum = torch.fft.rfft(blocks)
    places = torch.arange(len(response), device=blocks.device)
    beyond, folded = places[size // 2 + 1 :], places[(wanted + 1) // 2 :]
    mirrored = torch.cat([spectrum, spectrum[:, size - beyond].conj()], 1)
    filtered = mirrored[:, : len(response)] * response
    bins = filtered[:, : wanted // 2 + 1].clone()
    bins[:, wanted - folded] += filtered[:, folded].conj()
    found: Tensor = torch.fft.irfft(bins, n=wanted) * (target / source)
    return found


def _half_width(source: int, target: int) -> int:
    return math.ceil(ZEROS * source / (min(source, target) * ROLLOFF))


@lru_cache(maxsize=64)
def _response(source: int, target: int, periods: int, device: torch.device) -> Tensor:
    """Response of torchaudio's filter to each frequency up to that of the lower rate.

    It is a sinc under Hann's window, and the integral of a sinc is known: Si.
    """
    from scipy.special import sici  # noqa: PLC0415 - uncommon rates alone need it

    lower = min(source, target)
    frequency = np.arange(lower * periods + 1) / (lower * periods * ROLLOFF)  # of the lower rate
    step = 1 / (2 * ZEROS)

    def passed(at: NDArray[np.float64]) -> NDArray[np.float64]:
        ends: NDArray[np.float64] = sici(np.pi * ZEROS * np.stack([1 + 2 * at, 1 - 2 * at]))[0]
        total: NDArray[np.float64] = ends.sum(0) / np.pi
        return total

    around = passed(frequency - step) + passed(frequency + step)
    return torch.from_numpy(passed(frequency) / 2 + around / 4).float().to(device)
