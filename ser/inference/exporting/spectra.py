"""Short-time Fourier transforms as one convolution, which every runtime computes alike.

The transforms of runtimes are slow, or off by 0.1 dB, where a window has no power of 2 samples.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Transform(nn.Module):
    """Real and imaginary part of the Fourier transform of tapered windows.

    Args:
        taper: Weights of the samples of a window.
        hop_length: Samples from a window to the next.
        size: Samples that windows are padded to.
        bins: Bins kept, from 0 Hz on.

    Shape:
        - waveform: ``(batch, time)``
        - outputs: ``(batch, bins, frames)``; windows reach nowhere beyond the waveform
    """

    waves: Tensor

    def __init__(self, taper: Tensor, hop_length: int, size: int, bins: int) -> None:
        super().__init__()
        self.hop_length = hop_length
        turn = torch.arange(bins)[:, None] * torch.arange(len(taper)) % size  # whole numbers: exact
        angle = 2 * torch.pi * turn.double() / size
        waves = torch.cat([angle.cos(), -angle.sin()]) * taper.double()
        self.register_buffer("waves", waves.float()[:, None], persistent=False)

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        """Return the transform."""
        both = nn.functional.conv1d(waveform[:, None], self.waves, stride=self.hop_length)
        real, imaginary = both.chunk(2, 1)
        return real, imaginary


class Power(nn.Module):
    """Power spectra of centred windows, zeros assumed outside the waveform.

    Args:
        taper: Weights of the samples of a window.
        hop_length: Samples from a window to the next.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, window_length // 2 + 1, frames)``
    """

    def __init__(self, taper: Tensor, hop_length: int) -> None:
        super().__init__()
        length = len(taper)
        self.edge = length // 2
        self.transform = Transform(taper, hop_length, length, length // 2 + 1)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return the power."""
        real, imaginary = self.transform(nn.functional.pad(waveform, (self.edge, self.edge)))
        power: Tensor = real.square() + imaginary.square()
        return power
