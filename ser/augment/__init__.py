"""Augmentation of waveforms and features, and the fixed copies of the published recipe."""

from ser.augment.copies import COPIES_VERSION, VIEWS, published_copies, view
from ser.augment.features import Mixup, SpecAugment
from ser.augment.training import Augmentation
from ser.augment.vocoder import pitch_shift, time_stretch
from ser.augment.waveform import (
    Gain,
    Noise,
    PitchShift,
    Shift,
    TimeStretch,
    WaveformAugmentation,
    WaveformTransform,
)

__all__ = [
    "COPIES_VERSION",
    "VIEWS",
    "Augmentation",
    "Gain",
    "Mixup",
    "Noise",
    "PitchShift",
    "Shift",
    "SpecAugment",
    "TimeStretch",
    "WaveformAugmentation",
    "WaveformTransform",
    "pitch_shift",
    "published_copies",
    "time_stretch",
    "view",
]
