"""What a model says of a long sound over time: overlapping windows, each judged alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from ser.errors import AudioError
from ser.inference.predictor import Predictor

WINDOW, HOP = 2.0, 0.5  # s


@dataclass(frozen=True)
class Moment:
    """A window of a sound.

    Args:
        start: Where it begins, in seconds.
        end: Where it ends, in seconds.
        probabilities: Of each emotion, in the order of the labels; None where nothing is heard.
    """

    start: float
    end: float
    probabilities: list[float] | None


def moments(predictor: Predictor, waveform: Tensor, rate: int) -> Iterator[Moment]:
    """Judge windows of 2 s, a half second apart; a shorter sound is one window.

    Shape:
        - waveform: ``(channels, time)``
    """
    length, hop = round(WINDOW * rate), round(HOP * rate)
    last = max(waveform.shape[1] - length, 0)
    for first in range(0, last + 1, hop):
        part = waveform[:, first : first + length]
        end = first + part.shape[1]
        yield Moment(first / rate, end / rate, _probabilities(predictor, part, rate))


def _probabilities(predictor: Predictor, part: Tensor, rate: int) -> list[float] | None:
    try:
        found = predictor(part, rate).probabilities
    except AudioError:
        return None
    return [found[label] for label in predictor.labels]
