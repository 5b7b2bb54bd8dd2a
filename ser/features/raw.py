"""Waveforms as they are, for what has to start from them in each training step."""

from __future__ import annotations

from torch import Tensor

from ser.features.frontend import FrontEnd


class RawWaveform(FrontEnd):
    """The samples themselves, as one channel with a frame a sample.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, 1, time)``
    """

    num_features = 1

    def __init__(self, sample_rate: int) -> None:
        period = 1 / sample_rate if sample_rate else 0.0  # which is refused, as a rate of 0 is
        super().__init__(sample_rate, window=period, hop=period)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the samples."""
        return waveform.unsqueeze(1)
