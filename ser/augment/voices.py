"""Copies of an utterance that sound as if somebody else had said it, made before features.

A corpus has few speakers. Six copies of each utterance move, one at a time and either way, what
differs between speakers and says little of the emotion: the length of the vocal tract by a tenth,
the tempo by a tenth, and the pitch by two semitones, formants in place.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ser.augment.tract import warp_tract
from ser.augment.vocoder import pitch_shift, time_stretch

VOICES_VERSION = 1  # raised whenever the same name gives other numbers; a part of cache keys


def shift_pitch_alone(waveform: Tensor, semitones: float, sample_rate: int) -> Tensor:
    """Change the pitch, and keep duration and formants.

    Args:
        waveform: Waveforms, floating point.
        semitones: Shift, in semitones, -12 to 12.
        sample_rate: Sampling rate, in Hz.

    Shape:
        - waveform: ``(..., time)``
        - output: ``(..., time)``

    Raises:
        ConfigError: If ``semitones`` is outside -12 to 12.
    """
    shifted = pitch_shift(waveform, semitones)
    return warp_tract(shifted, 2 ** (-semitones / 12), sample_rate)


VOICES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "longer_tract": lambda waveform, rate: warp_tract(waveform, 1 / 1.1, rate),
    "shorter_tract": lambda waveform, rate: warp_tract(waveform, 1.1, rate),
    "slower": lambda waveform, _: time_stretch(waveform, 1 / 1.1),
    "faster": lambda waveform, _: time_stretch(waveform, 1.1),
    "lower": lambda waveform, rate: shift_pitch_alone(waveform, -2.0, rate),
    "higher": lambda waveform, rate: shift_pitch_alone(waveform, 2.0, rate),
}
