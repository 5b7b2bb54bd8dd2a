"""What an utterance sounds like from afar: level, bandwidth, duration, offset, silence, noise."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from ser.features.frontend import FrontEnd

FACTS = ("level", "bandwidth", "duration", "offset", "lead", "trail", "noise")
FRAME = 0.02  # seconds
RANGE = 40.0  # dB below the loudest frame, from which on a frame counts as silence
FLOOR = 60.0  # dB below the strongest frequency, from which on a frequency counts as absent
QUIETEST = 1e-12  # power below which levels are not followed
NOISELESS = -120.0  # dB


class UtteranceFacts(FrontEnd):
    """Seven numbers by which an utterance is compared with those of a training side.

    In the order of ``FACTS``: ``level``, the power of what is not silence, in dB re full scale;
    ``bandwidth``, the highest frequency that is heard, in Hz; ``duration``, in seconds; ``offset``,
    the mean of the samples as a share of their deviation from it; ``lead`` and ``trail``, the
    silence before and after what is heard, in seconds; ``noise``, the power of the quietest frame
    between them, in dB re what is not silence. Digital silence is no noise, and samples count by
    their difference from the one before, since noise has more of high frequencies than voices have.

    Their default rate is one for all corpora and front ends, so that what one corpus was measured
    at is measured once, and can be compared.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, 7)``
    """

    version = 2
    sequence = False
    num_features = len(FACTS)

    def __init__(self, sample_rate: int = 16_000) -> None:
        super().__init__(sample_rate, window=FRAME, hop=FRAME)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the numbers."""
        pairs = zip(waveform, lengths.tolist(), strict=True)
        return torch.stack([self._of(samples[:length]) for samples, length in pairs])

    def _of(self, samples: Tensor) -> Tensor:
        mean = samples.mean()
        frames = self._frames(samples - mean)  # (frames, time)
        power = frames.square().mean(1).clamp(min=QUIETEST)
        heard = power > power.max() * 10 ** (-RANGE / 10)
        places = heard.nonzero()[:, 0]
        deviation = (samples - mean).square().mean().clamp(min=QUIETEST).sqrt()
        return torch.stack(
            [
                10 * power[heard].mean().log10(),
                self._bandwidth(frames[heard]),
                mean.new_tensor(len(samples) / self.sample_rate),
                mean.abs() / deviation,
                places[0] * self.hop,
                (len(frames) - 1 - places[-1]) * self.hop,
                self._noise(frames[places[0] : places[-1]], power[heard].mean()),
            ]
        )

    def _frames(self, samples: Tensor) -> Tensor:
        """Frames side by side; the last is filled up with zeros."""
        missing = -len(samples) % self.window_length
        return pad(samples, (0, missing)).view(-1, self.window_length)

    @staticmethod
    def _noise(frames: Tensor, level: Tensor) -> Tensor:
        power = frames.diff(dim=1).square().mean(1)
        moving = power[power > QUIETEST]
        if not len(moving):
            return level.new_tensor(NOISELESS)
        return 10 * (moving.min() / level).log10()

    def _bandwidth(self, frames: Tensor) -> Tensor:
        taper = torch.hann_window(self.window_length, dtype=frames.dtype, device=frames.device)
        power = torch.fft.rfft(frames * taper).abs().square().mean(0)
        present = power >= power.max() * 10 ** (-FLOOR / 10)
        highest: Tensor = present.nonzero()[-1, 0] * (self.sample_rate / self.window_length)
        return highest
