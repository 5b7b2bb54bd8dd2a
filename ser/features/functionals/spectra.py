"""Short-time power spectra of one utterance, relative to its peak and floored below it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ser.features.spectra import power_of

HIGHEST = 8000.0  # Hz; what is above is not read, so that a higher sampling rate changes little
RANGE = 1e-8  # of the strongest power: 80 dB
TINY = 1e-20  # power or amplitude below which nothing is followed, of a peak of 1


@dataclass(frozen=True)
class Spectra:
    """What descriptors read of an utterance.

    Args:
        samples: The waveform, of mean 0 and peak 1.
        windows: Its frames, without a taper; a view of ``samples``.
        power: Power in each bin of each frame.

    Shape:
        - samples: ``(time,)``
        - windows: ``(frames, window)``
        - power: ``(frames, bins)``
    """

    samples: Tensor
    windows: Tensor
    power: Tensor


class Spectrograph(nn.Module):
    """Power spectra of whole windows; what remains at the end is no frame.

    Windows are tapered by Hamming's, scaled to a sum of 1, and padded to a power of 2.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Samples of a window.
        hop_length: Samples from a window to the next.
    """

    taper: Tensor
    hertz: Tensor

    def __init__(self, sample_rate: int, window_length: int, hop_length: int) -> None:
        super().__init__()
        self.window_length, self.hop_length = window_length, hop_length
        self.size = 1 << (window_length - 1).bit_length()
        taper = torch.hamming_window(window_length)
        hertz = torch.arange(self.size // 2 + 1) * (sample_rate / self.size)
        self.register_buffer("taper", taper / taper.sum(), persistent=False)
        self.register_buffer("hertz", hertz[hertz <= HIGHEST], persistent=False)

    def forward(self, waveform: Tensor) -> Spectra:
        """Return the spectra of one utterance, ``(time,)``; one below a window is padded."""
        samples = waveform - waveform.mean()
        samples = samples / samples.abs().max().clamp(min=TINY)
        samples = pad(samples, (0, max(self.window_length - len(samples), 0)))
        windows = samples.unfold(0, self.window_length, self.hop_length)
        bins = torch.fft.rfft(windows * self.taper, self.size)[:, : len(self.hertz)]
        return Spectra(samples, windows, floored(power_of(bins)))


def floored(power: Tensor) -> Tensor:
    """Return power that nowhere is more than 80 dB below its maximum."""
    return torch.maximum(power, (power.max() * RANGE).clamp(min=TINY))


def decibels(power: Tensor) -> Tensor:
    """Return floored power in dB."""
    return 10 * power.log10()
