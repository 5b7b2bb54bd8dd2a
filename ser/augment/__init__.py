"""Augmentation of waveforms and features, and fixed copies of utterances."""

from ser.augment.copies import COPIES_VERSION, VIEWS, published_copies, view
from ser.augment.features import Mixup, SpecAugment
from ser.augment.tract import warp_tract
from ser.augment.training import Augmentation
from ser.augment.views import COPIES, make_copy, stored_as
from ser.augment.vocoder import pitch_shift, time_stretch
from ser.augment.voices import VOICES, VOICES_VERSION
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
    "COPIES",
    "COPIES_VERSION",
    "VIEWS",
    "VOICES",
    "VOICES_VERSION",
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
    "make_copy",
    "pitch_shift",
    "published_copies",
    "stored_as",
    "time_stretch",
    "view",
    "warp_tract",
]
