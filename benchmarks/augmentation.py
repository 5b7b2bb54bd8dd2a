"""Time stretching and pitch shifting beside librosa, and beside their Fourier transforms alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import librosa
import torch
from torch import Tensor

from benchmarks.corpora import utterances
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.augment import pitch_shift, time_stretch
from ser.augment.vocoder import OVERLAP, WINDOW_LENGTH
from ser.features.audio import load_utterance

RATE, SEMITONES, SAMPLE_RATE = 0.8, 0.7, 16_000


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part; in each, librosa and ``ser`` have the same window and hop."""
    name, items = utterances(4 if quick else 60)
    sounds = [load_utterance(item, SAMPLE_RATE) for item in items]
    seconds = sum(map(len, sounds)) / SAMPLE_RATE
    ways = {
        "ser": partial(ours, sounds),
        "librosa": partial(theirs, sounds),
        "floor": partial(transforms, sounds),
    }
    times = in_turns(ways, rounds)
    what = f"stretch by {RATE}, then {SEMITONES} semitones, {len(items)} utterances of {name}"
    scale, unit = 1000 / seconds, "ms a second of audio"
    return [
        compared(what, threads, times, "librosa", scale=scale, unit=unit, goal=">= 5"),
        compared(
            "the same against its four Fourier transforms alone",
            threads, times, "ser", "floor", scale=scale, unit=unit,
        ),
    ]  # fmt: skip


def ours(sounds: Sequence[Tensor]) -> None:
    """Stretch and shift one utterance after the other."""
    for sound in sounds:
        pitch_shift(time_stretch(sound, RATE), SEMITONES)


def theirs(sounds: Sequence[Tensor]) -> None:
    """Do so with librosa."""
    for sound in sounds:
        stretched = librosa.effects.time_stretch(sound.numpy(), rate=RATE)
        librosa.effects.pitch_shift(stretched, sr=SAMPLE_RATE, n_steps=SEMITONES)


@torch.inference_mode()
def transforms(sounds: Sequence[Tensor]) -> None:
    """Forward and inverse transforms of both steps: what any phase vocoder computes."""
    hop = WINDOW_LENGTH // OVERLAP
    for sound in sounds:
        longer = round(len(sound) / RATE)
        for read in (len(sound), longer):  # what is stretched, then what is shifted
            torch.fft.rfft(torch.zeros(1 + read // hop, WINDOW_LENGTH))
            written = torch.zeros(1 + longer // hop, WINDOW_LENGTH // 2 + 1, dtype=torch.cfloat)
            torch.fft.irfft(written, n=WINDOW_LENGTH)
