"""Short-time Fourier transforms, their power, and levels in dB."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import pad

from ser.features.frontend import AT_ONCE

AMIN = 1e-10  # power below which dB are not followed, relative to full scale


def spectrum(waveform: Tensor, taper: Tensor, hop_length: int) -> Tensor:
    """Return the centred short-time Fourier transform, zeros assumed outside the signal.

    Zeros, unlike reflections, make frames independent of what a batch puts after an utterance.

    Shape:
        - waveform: ``(batch, time)``
        - taper: ``(window_length,)``
        - output: ``(batch, window_length // 2 + 1, frames)``, complex
    """
    return torch.stft(
        waveform,
        len(taper),
        hop_length,
        window=taper,
        center=True,
        pad_mode="constant",
        return_complex=True,
    )


def spectrum_in_parts(waveform: Tensor, taper: Tensor, hop_length: int) -> Iterator[Tensor]:
    """Yield ``spectrum`` some seconds after the other, so that a long one stays in the cache.

    Shape:
        - waveform: ``(batch, time)``
        - taper: ``(window_length,)``
        - output: ``(batch, window_length // 2 + 1, frames)``, complex, for some of the frames each
    """
    edge, length = len(taper) // 2, len(taper)
    frames = 1 + (waveform.shape[1] + 2 * edge - length) // hop_length
    parts = min(round(waveform.shape[1] / AT_ONCE), frames) if waveform.is_cpu else 1
    if parts <= 1:
        yield spectrum(waveform, taper, hop_length)
        return
    padded = pad(waveform, (edge, edge))
    for first, last in pairwise(frames * i // parts for i in range(parts + 1)):
        samples = padded[:, first * hop_length : (last - 1) * hop_length + length]
        yield torch.stft(
            samples, length, hop_length, window=taper, center=False, return_complex=True
        )


def power_of(stft: Tensor) -> Tensor:
    """Return squared magnitudes, faster than through ``abs``, which guards against overflow."""
    return stft.real.square() + stft.imag.square()


def decibels(power: Tensor, mask: Tensor, top_db: float | None) -> Tensor:
    """Return power in dB re 1, cut at ``top_db`` below the peak of each utterance.

    Args:
        power: Power, 0 where ``mask`` is False.
        mask: Frames that belong to the utterance; the others are 0 in the result.
        top_db: Dynamic range kept, in dB; None for all.

    Shape:
        - power: ``(batch, bands, frames)``
        - mask: ``(batch, frames)``
        - output: ``(batch, bands, frames)``
    """
    level = 10 * torch.log10(power.clamp(min=AMIN))
    if top_db is not None:
        level = torch.maximum(level, level.amax((1, 2), keepdim=True) - top_db)
    return level.masked_fill(~mask.unsqueeze(1), 0.0)
