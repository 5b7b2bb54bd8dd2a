"""Random changes of waveforms, drawn anew each time, for the training side only."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from ser.augment.vocoder import MAX_SEMITONES, pitch_shift, time_stretch
from ser.errors import ConfigError


def uniform(low: float, high: float, generator: torch.Generator) -> float:
    """Draw a number between ``low`` and ``high``."""
    draw = torch.rand((), generator=generator, device=generator.device, dtype=torch.float64)
    return low + (high - low) * float(draw)


def check_range(name: str, low: float, high: float, allowed: tuple[float, float]) -> None:
    """Refuse a range that is reversed or leaves ``allowed``.

    Raises:
        ConfigError: Naming ``min_<name>`` and ``max_<name>``.
    """
    if not allowed[0] <= low <= high <= allowed[1]:  # also refuses NaN
        raise ConfigError(
            f"min_{name}={low}, max_{name}={high}: the first must not exceed the "
            f"second, and both must lie within {allowed[0]:g} to {allowed[1]:g}; correct them."
        )


class WaveformTransform(nn.Module):
    """Base of the random changes; a subclass writes ``change`` for one utterance.

    Every utterance of a batch draws for itself. In evaluation mode nothing is changed.

    Args:
        probability: Share of the utterances that are changed.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, time')``, zeros after the utterances that became shorter than others

    Raises:
        ConfigError: If ``probability`` is not in 0 to 1, or a range is reversed or not allowed.
    """

    def __init__(self, probability: float = 1.0) -> None:
        super().__init__()
        if not 0 <= probability <= 1:
            raise ConfigError(f"probability={probability} must be from 0 to 1; 0 switches it off.")
        self.probability = float(probability)

    def forward(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Return the changed waveforms; all chance comes from ``generator``."""
        if not self.training:
            return waveform
        rows = [self._maybe(row, generator) for row in torch.split(waveform, 1)]
        if len(rows) == 1:
            return rows[0]
        return pad_sequence([row[0] for row in rows], batch_first=True)

    def _maybe(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        chosen = uniform(0, 1, generator) < self.probability
        return self.change(waveform, generator) if chosen else waveform

    def change(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Change one utterance, ``(1, time)``."""
        raise NotImplementedError


class Noise(WaveformTransform):
    """White Gaussian noise at a random signal-to-noise ratio; silence stays silent.

    Args:
        min_snr: Lowest ratio of the powers, over the whole utterance, in dB.
        max_snr: Highest, in dB.
        probability: Share of the utterances that are changed.
    """

    def __init__(
        self, min_snr: float = 10.0, max_snr: float = 30.0, probability: float = 1.0
    ) -> None:
        super().__init__(probability)
        check_range("snr", min_snr, max_snr, (-100, 100))
        self.min_snr, self.max_snr = float(min_snr), float(max_snr)

    def change(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Add noise, scaled by its own power so that the ratio is exact."""
        snr = uniform(self.min_snr, self.max_snr, generator)
        noise = torch.randn(waveform.shape, generator=generator, device=generator.device)
        noise = noise.to(waveform)
        ratio = waveform.square().mean() / noise.square().mean()
        return waveform + noise * (ratio.sqrt() * 10 ** (-snr / 20))


class TimeStretch(WaveformTransform):
    """Another tempo at the same pitch; the logarithm of the rate is uniform.

    Args:
        min_rate: Slowest tempo, as a factor; 0.8 makes an utterance 1.25 times longer.
        max_rate: Fastest tempo, as a factor.
        probability: Share of the utterances that are changed.
    """

    def __init__(
        self, min_rate: float = 0.9, max_rate: float = 1.1, probability: float = 1.0
    ) -> None:
        super().__init__(probability)
        check_range("rate", min_rate, max_rate, (0.1, 10))
        self.min_rate, self.max_rate = float(min_rate), float(max_rate)

    def change(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Stretch the utterance."""
        low, high = math.log(self.min_rate), math.log(self.max_rate)
        return time_stretch(waveform, math.exp(uniform(low, high, generator)))


class PitchShift(WaveformTransform):
    """Another pitch, formants included, at the same duration; exact to 3.2 cents.

    Args:
        min_semitones: Lowest shift, in semitones, -12 or more.
        max_semitones: Highest shift, in semitones, 12 or less.
        probability: Share of the utterances that are changed.
    """

    def __init__(
        self, min_semitones: float = -1.0, max_semitones: float = 1.0, probability: float = 1.0
    ) -> None:
        super().__init__(probability)
        check_range("semitones", min_semitones, max_semitones, (-MAX_SEMITONES, MAX_SEMITONES))
        self.min_semitones, self.max_semitones = float(min_semitones), float(max_semitones)

    def change(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Shift the pitch."""
        return pitch_shift(waveform, uniform(self.min_semitones, self.max_semitones, generator))


class Shift(WaveformTransform):
    """Another start: the utterance is rolled, what leaves one end enters the other.

    Circular, so that nothing said is lost and the energy stays what it was.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.
        max_seconds: Largest shift either way, in seconds.
        probability: Share of the utterances that are changed.
    """

    def __init__(
        self, sample_rate: int = 16_000, max_seconds: float = 0.1, probability: float = 1.0
    ) -> None:
        super().__init__(probability)
        if sample_rate <= 0:
            raise ConfigError(f"sample_rate={sample_rate} must be positive, in Hz; 16000 is usual.")
        if not (math.isfinite(max_seconds) and max_seconds >= 0):
            raise ConfigError(f"max_seconds={max_seconds} must be 0 or more; 0 does not shift.")
        self.sample_rate, self.max_seconds = int(sample_rate), float(max_seconds)

    def change(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Roll the utterance."""
        seconds = uniform(-self.max_seconds, self.max_seconds, generator)
        return waveform.roll(round(seconds * self.sample_rate), dims=-1)


class Gain(WaveformTransform):
    """Another level; nothing is clipped.

    Args:
        min_gain: Lowest gain, in dB.
        max_gain: Highest gain, in dB.
        probability: Share of the utterances that are changed.
    """

    def __init__(
        self, min_gain: float = -6.0, max_gain: float = 6.0, probability: float = 1.0
    ) -> None:
        super().__init__(probability)
        check_range("gain", min_gain, max_gain, (-100, 100))
        self.min_gain, self.max_gain = float(min_gain), float(max_gain)

    def change(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Scale the utterance."""
        return waveform * 10 ** (uniform(self.min_gain, self.max_gain, generator) / 20)


class WaveformAugmentation(nn.Module):
    """Several changes, one after the other.

    Args:
        transforms: What to do, in order.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, time')``

    Example:
        >>> augment = WaveformAugmentation([PitchShift(-2, 2), Noise(10, 30, probability=0.5)])
        >>> augment(torch.zeros(1, 16_000), torch.Generator().manual_seed(0)).shape
        torch.Size([1, 16000])
    """

    def __init__(self, transforms: Iterable[nn.Module]) -> None:
        super().__init__()
        self.transforms = nn.ModuleList(transforms)

    def forward(self, waveform: Tensor, generator: torch.Generator) -> Tensor:
        """Return the changed waveforms; all chance comes from ``generator``."""
        for transform in self.transforms:
            waveform = transform(waveform, generator)
        return waveform
