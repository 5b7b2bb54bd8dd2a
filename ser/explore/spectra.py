"""Spectrograms of a few utterances, one of each emotion, of one speaker where there is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ser.corpora import Utterance
from ser.explore.drawings import Spectrogram
from ser.features.audio import load_utterance

MOST = 8  # emotions that are drawn
LONGEST = 4.0  # seconds that are drawn
RATE = 16_000  # Hz; what is above half of it is not drawn
WINDOW, HOP = 0.025, 0.01  # s
RANGE = 80.0  # dB below the loudest place


def spectrograms(heard: Sequence[Utterance], labels: Sequence[str], seed: int) -> list[Spectrogram]:
    """Draw an utterance of each emotion, and compute its spectrogram.

    Args:
        heard: Utterances that can be decoded.
        labels: Emotions in class order.
        seed: Seed of the draw.
    """
    return [_spectrogram(utterance) for utterance in examples(heard, labels, seed)]


def examples(heard: Sequence[Utterance], labels: Sequence[str], seed: int) -> list[Utterance]:
    """Draw an utterance of each emotion, of the speaker who has most of them where that can be."""
    by_emotion: dict[str, dict[str, list[Utterance]]] = defaultdict(lambda: defaultdict(list))
    for utterance in heard:
        by_emotion[utterance.speaker][utterance.emotion].append(utterance)
    draw = np.random.default_rng(seed)
    speakers = [sorted(by_emotion)[i] for i in draw.permutation(len(by_emotion))]
    speakers.sort(key=lambda name: -len(by_emotion[name]))  # stable, so equal ones stay shuffled
    chosen = []
    for emotion in labels[:MOST]:
        who = next((name for name in speakers if emotion in by_emotion[name]), None)
        if who is not None:
            choices = by_emotion[who][emotion]
            chosen.append(choices[int(draw.integers(len(choices)))])
    return chosen


def _spectrogram(utterance: Utterance) -> Spectrogram:
    waveform = load_utterance(utterance, RATE)[: round(LONGEST * RATE)]
    length, hop = round(WINDOW * RATE), round(HOP * RATE)
    taper = torch.hann_window(length)
    spectrum = torch.stft(
        waveform, length, hop, window=taper, center=True, pad_mode="constant", return_complex=True
    )
    power = 10 * torch.log10(spectrum.abs().square().clamp(min=1e-12))
    relative: NDArray[np.float32] = (power - power.max()).clamp(min=-RANGE).numpy()
    title = f"{utterance.emotion}: {utterance.id}, speaker {utterance.speaker}"
    return Spectrogram(utterance.emotion, title, relative, len(waveform) / RATE, RATE / 2000)
