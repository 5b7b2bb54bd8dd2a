"""Say in what an input is far from the utterances that a model was trained on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from ser.features import FrontEnd
from ser.features.audio import to_mono
from ser.features.facts import FACTS, UtteranceFacts

UNKNOWN = (
    "this model file does not say what its training utterances were like, so that nothing can be "
    "said of how far this input is from them."
)
MOST = "99 of 100 training utterances"
# How far beyond the 1st and 99th percentile an input is still as in training.
LEVEL = 3.0  # dB
TIMES = 1.25  # of durations
BAND = 1.15  # of bandwidths
NOISE = 3.0  # dB
OFFSET = 0.05  # of the deviation
SILENCE = 0.25  # seconds
FLAT = 2.0**-15  # re full scale: a step of 16 bits
CLIPPED = 0.001  # share of samples
BOTH = 0.5  # of the farther end of a waveform, which the nearer one must reach to be clipped too
MIXED = 0.1  # share of power that mixing channels may lose


def evened_by(front_ends: Iterable[FrontEnd]) -> frozenset[str]:
    """Facts that all front ends of a model make equal, so that it hears nothing of them."""
    return frozenset.intersection(*map(_evened, front_ends))


def _evened(front_end: FrontEnd) -> frozenset[str]:
    level = () if front_end.level is None else ("level", "offset")
    silence = () if front_end.trim is None else ("lead", "trail")
    return frozenset((*level, *silence))


def notes_on(
    waveform: Tensor,
    rate: int,
    heard: Mapping[str, tuple[float, float]],
    evened: Collection[str] = (),
) -> list[str]:
    """Compare an utterance with a training side.

    Args:
        waveform: Samples, of one channel.
        rate: Their rate, in Hz.
        heard: 1st and 99th percentile of each of ``FACTS``; empty where they are not known.
        evened: What ``evened_by`` gives of the front ends of the model.

    Shape:
        - waveform: ``(time,)``

    Returns:
        A sentence for each fact that is far from them.
    """
    if not heard:
        return [UNKNOWN]
    measure = UtteranceFacts()
    facts = measure(to_mono(waveform, rate, measure.sample_rate)[None])[0]
    return notes_on_facts(facts.tolist(), heard, evened)


def notes_on_facts(
    facts: Sequence[float],
    heard: Mapping[str, tuple[float, float]],
    evened: Collection[str] = (),
) -> list[str]:
    """Compare numbers, in the order of ``FACTS``, with those of a training side."""
    found, limits = dict(zip(FACTS, facts, strict=True)), dict(heard)
    ends = [name for name in ("lead", "trail") if name in evened and name in heard]
    found["duration"] -= sum(found[name] for name in ends)
    if ends and "duration" in heard:  # those in training had silence there as well
        low, high = heard["duration"]
        limits["duration"] = (max(low - sum(heard[name][1] for name in ends), 0.0), high)
    return [
        _without_alarm(sentence) if name in evened else sentence
        for name, value in found.items()
        if name in limits
        for sentence in NOTES[name](value, *limits[name])
    ]


def _without_alarm(sentence: str) -> str:
    """Keep what was measured, and say that nothing is to be done about it."""
    return f"{sentence.rpartition('; ')[0]}; the front end makes up for that."


def notes_on_channels(channels: Tensor) -> list[str]:
    """Say if channels differ, whose mean is judged.

    Shape:
        - channels: ``(channels, time)``
    """
    if len(channels) == 1:
        return []
    mixed = channels.mean(0)
    apart = (channels - mixed).square().mean()
    if apart <= MIXED * mixed.square().mean():
        return []
    return [
        f"its {len(channels)} channels differ, and their mean is judged; if one of them holds the "
        "speech, pass that one alone."
    ]


def notes_on_peaks(channels: Tensor) -> list[str]:
    """Say if a recording is clipped: its loudest samples are cut off at one and the same value.

    Shape:
        - channels: ``(channels, time)``
    """
    moving = channels - channels.mean(1, keepdim=True)
    high, low = moving.amax(1, keepdim=True), moving.amin(1, keepdim=True)
    least = BOTH * torch.maximum(high, -low).clamp(min=FLAT)
    flat = channels[:, 1:] == channels[:, :-1]
    above = (moving[:, 1:] >= high - FLAT) & (high > least)
    below = (moving[:, 1:] <= low + FLAT) & (-low > least)
    ends = above | below
    share = float((flat & ends).float().mean(1).max()) if channels.shape[1] > 1 else 0.0
    if share <= CLIPPED:
        return []
    return [
        f"it is clipped: {share:.1%} of its samples lie flat at its loudest value; record it at a "
        "lower level."
    ]


def _level(value: float, low: float, high: float) -> Iterator[str]:
    far, word = (low - value, "quieter") if value < low else (value - high, "louder")
    if far > LEVEL:
        yield f"it is {far:.0f} dB {word} than {MOST}; the model has not heard such levels."


def _bandwidth(value: float, low: float, high: float) -> Iterator[str]:
    if value * BAND < low:
        yield (
            f"nothing is heard above {value / 1000:.1f} kHz, and {MOST} reach "
            f"{low / 1000:.1f} kHz; it may come from a lower sampling rate or a telephone."
        )
    if value > high * BAND:
        yield f"it reaches {value / 1000:.1f} kHz, and {MOST} end below {high / 1000:.1f} kHz."


def _duration(value: float, low: float, high: float) -> Iterator[str]:
    if value * TIMES < low:
        yield f"it lasts {value:.2f} s, and {MOST} last {low:.2f} s or longer."
    if value > high * TIMES:
        yield f"it lasts {value:.1f} s, and {MOST} last {high:.1f} s or less; cut it into several."


def _offset(value: float, low: float, high: float) -> Iterator[str]:
    if value > max(2 * high, OFFSET):
        yield (
            f"its samples do not lie around zero (an offset of {value:.2f} of their deviation; "
            f"{MOST} have less than {high:.3f}); subtract their mean."
        )


def _lead(value: float, low: float, high: float) -> Iterator[str]:
    yield from _silence("begins", value, high)


def _trail(value: float, low: float, high: float) -> Iterator[str]:
    yield from _silence("ends", value, high)


def _silence(where: str, value: float, high: float) -> Iterator[str]:
    if value > high + SILENCE:
        yield f"it {where} with {value:.1f} s of silence, {MOST} with {high:.1f} s at most; cut it."


def _noise(value: float, low: float, high: float) -> Iterator[str]:
    far = value - high
    if far > NOISE:
        yield (
            f"its noise is {far:.0f} dB louder, relative to the voice, than in {MOST}; record it "
            "again."
        )


NOTES = {
    "level": _level,
    "bandwidth": _bandwidth,
    "duration": _duration,
    "offset": _offset,
    "lead": _lead,
    "trail": _trail,
    "noise": _noise,
}
