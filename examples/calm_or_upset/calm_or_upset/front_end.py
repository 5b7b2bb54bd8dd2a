"""The front end: two numbers a frame."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features import FrontEnd


class Contour(FrontEnd):
    """Loudness in dB and the rate of zero crossings, frame by frame.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.
        window: Window length, in seconds.
        hop: Step between frames, in seconds.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, 2, frames)``
    """

    num_features = 2

    def __init__(self, sample_rate: int = 16000, window: float = 0.032, hop: float = 0.016) -> None:
        super().__init__(sample_rate, window=window, hop=hop)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the features."""
        half = self.window_length // 2  # frames are centred
        padded = torch.nn.functional.pad(waveform, (half, half))
        frames = padded.unfold(1, self.window_length, self.hop_length)  # (batch, frames, window)
        loudness = 10 * torch.log10(frames.square().mean(-1) + 1e-10)
        crossings = (frames[..., 1:] * frames[..., :-1] < 0).float().mean(-1)
        features = torch.stack([loudness, crossings], dim=1)
        own = torch.arange(features.shape[-1]) < self.clipped_frames(lengths)[:, None]
        return features * own[:, None]
