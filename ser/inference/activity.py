"""Whether somebody speaks: by the energy of frames, as the audio comes."""

from __future__ import annotations

from torch import Tensor

FRAME = 0.025  # seconds
FLOOR = 1e-5  # power below which no frame is speech: 50 dB below full scale
RANGE = 10**-3.5  # of the loudest frame so far: 35 dB below it
LEAST = 0.1  # share of a window that has to be speech


class Energy:
    """Tell speech from silence by the power of frames of 25 ms.

    A frame counts as speech if it is louder than 50 dB below full scale, and no more than 35 dB
    below the loudest frame so far. Nothing of the future is used, so that a stream is told what a
    file is.
    """

    def __init__(self) -> None:
        self.loudest = 0.0

    def silent(self, mono: Tensor, rate: int) -> bool:
        """Whether less than a tenth of a window is speech.

        Args:
            mono: Samples of the window; windows are to come in order.
            rate: Their rate, in Hz.

        Shape:
            - mono: ``(time,)``
        """
        length = min(max(round(FRAME * rate), 1), len(mono))
        frames = mono[: len(mono) // length * length].view(-1, length)
        power = (frames - frames.mean(1, keepdim=True)).square().mean(1)
        self.loudest = max(self.loudest, float(power.max()))
        speech = power > max(FLOOR, self.loudest * RANGE)
        return float(speech.float().mean()) < LEAST


VADS = {"energy": Energy}
