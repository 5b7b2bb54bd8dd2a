"""Emotion over time: overlapping windows of a long recording, of a file or as the audio comes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor

from ser.errors import AudioError, ConfigError, check_choice
from ser.features import audio
from ser.features.audio import is_still, to_mono
from ser.inference.activity import VADS, Energy
from ser.inference.answers import SILENCE, Answer
from ser.inference.batching import MOST, answered, hear
from ser.inference.gate import admit, refuse_values
from ser.inference.prediction import Heard, Judge
from ser.inference.recordings import samples_of
from ser.inference.windows import Window, smoothed, windows
from ser.system.counted import counted

ROUNDING = 1e-6  # of a number of hops
SHORTEST = 0.1  # seconds of a window, and of a hop: of shorter ones there would be too many

Keep = Callable[[Sequence[Answer]], None]


class Timeline:
    """Judge overlapping windows of a recording, each as a file of its own would be.

    The last window ends with the recording, and is as long as the others if the recording is. A
    window of digital silence, or one in which ``vad`` hears nobody speak, is not judged: its
    emotion is ``"silence"``, and it takes no part in smoothing.

    Args:
        predictor: What judges a window.
        window: Length of a window, in seconds.
        hop: Step between windows, in seconds.
        smoothing: Average probabilities over the windows that begin within this many seconds, half
            of them before and half after; 0 leaves each as it is. Answers come later by half of it.
        vad: ``"energy"`` to leave out windows in which nobody speaks, as ``Energy`` does; None
            judges all that are not digital silence.

    Raises:
        ConfigError: If a time or ``vad`` is out of range.
    """

    def __init__(
        self,
        predictor: Judge,
        window: float = 3.0,
        hop: float = 1.0,
        smoothing: float = 0.0,
        vad: str | None = None,
    ) -> None:
        _check(window, hop, smoothing, predictor.front_end.window)
        if vad is not None:
            check_choice("vad", vad, VADS)
        predictor.origin.check_alone()
        self.predictor, self.vad = predictor, vad
        self.window, self.hop = float(window), float(hop)
        self.smoothing = float(smoothing)

    def __call__(self, recording: Any, sample_rate: int | None = None) -> list[Answer]:
        """Judge a whole recording; a file is read block by block.

        Args:
            recording: Path of a file, a waveform, or a pair of waveform and rate.
            sample_rate: Rate of a waveform, in Hz.

        Raises:
            AudioError: If it is no audio, or too short for the model.
        """
        return list(self.rows(recording, sample_rate))

    def rows(self, recording: Any, sample_rate: int | None = None) -> Iterator[Answer]:
        """Do the same, answer by answer."""
        if sample_rate is None and isinstance(recording, str | Path):
            for answer in self.resumed(recording, [], lambda _: None):
                yield replace(answer, file=str(recording))
        else:
            waveform, rate = samples_of(recording, sample_rate)
            yield from self.stream([waveform], rate)

    def resumed(self, path: str | Path, known: Sequence[Answer], keep: Keep) -> Iterator[Answer]:
        """Judge a file from where an earlier start was stopped; the answers are those of one.

        Args:
            path: The file, as it was then.
            known: What ``keep`` was given then.
            keep: Is given windows as they are judged, before they are smoothed.

        Raises:
            AudioError: As for a recording.
        """
        blocks, rate = audio.blocks(path)
        return self._follow(_checked(blocks), rate, known, keep)

    def stream(self, blocks: Iterable[Any], sample_rate: int) -> Iterator[Answer]:
        """Judge windows as their audio comes; the answers are those of the whole recording.

        Args:
            blocks: Samples in blocks of any lengths, as ``ser.inference.gate.admit`` takes them.
            sample_rate: Rate of the blocks, in Hz.

        Shape:
            - blocks: each ``(time,)``, ``(channels, time)`` or ``(time, channels)``

        Yields:
            An answer for each window, in order.

        Raises:
            AudioError: If a block is no audio, or all is too short for the model.
        """
        return self._follow(_admitted(blocks, sample_rate), sample_rate)

    def _follow(
        self,
        blocks: Iterable[Tensor],
        rate: int,
        known: Sequence[Answer] = (),
        keep: Keep = lambda _: None,
    ) -> Iterator[Answer]:
        reach = int(self.smoothing / 2 / self.hop + ROUNDING)
        return smoothed(self._judged(blocks, rate, deque(known), keep), reach)

    def _judged(
        self, blocks: Iterable[Tensor], rate: int, known: deque[Answer], keep: Keep
    ) -> Iterator[Answer]:
        activity = VADS[self.vad]() if self.vad else None
        for cut in windows(blocks, round(self.window * rate), self.hop * rate):
            before = min(len(known), len(cut))
            for window in cut[:before]:
                _is_silent(window, rate, activity)  # which goes by all that it has heard
                yield known.popleft()
            for some in (cut[i : i + MOST] for i in range(before, len(cut), MOST)):
                heard = [self._hear(window, rate, activity) for window in some]
                answers = [*self._answers(some, heard, rate)]
                keep(answers)
                yield from answers

    def _hear(self, window: Window, rate: int, activity: Energy | None) -> Heard | AudioError:
        if _is_silent(window, rate, activity):
            return AudioError(SILENCE)
        heard = hear(self.predictor, lambda: (window.samples, rate))
        if isinstance(heard, AudioError) and window.end < round(self.window * rate):
            raise heard  # the whole recording is shorter than what the model reads
        return heard

    def _answers(
        self, windows: Sequence[Window], heard: Sequence[Heard | AudioError], rate: int
    ) -> Iterator[Answer]:
        found = answered(self.predictor, heard)
        for window, answer in zip(windows, found, strict=True):
            start, end = window.first / rate, window.end / rate
            if isinstance(answer, AudioError):  # nothing is heard in what the model reads of it
                yield Answer("", start, end, SILENCE, {})
            else:
                yield Answer("", start, end, answer.emotion, answer.probabilities, answer.notes)


def _is_silent(window: Window, rate: int, activity: Energy | None) -> bool:
    mono = to_mono(window.samples, rate, rate)
    return is_still(mono) or (activity is not None and activity.silent(mono, rate))


def _admitted(blocks: Iterable[Any], rate: int) -> Iterator[Tensor]:
    """Blocks as ``(channels, time)``, all of as many channels."""
    channels = 0
    for block in blocks:
        if len(block):
            found = admit(block, rate)[0]
            if channels not in (0, len(found)):
                raise AudioError(
                    f"a block has {counted(len(found), 'channel')}, and the one before had "
                    f"{channels}; pass blocks of one recording."
                )
            channels = len(found)
            yield found


def _checked(blocks: Iterable[Tensor]) -> Iterator[Tensor]:
    for block in blocks:
        refuse_values(block.numpy())
        yield block


def _check(window: float, hop: float, smoothing: float, read: float) -> None:
    least = max(SHORTEST, read)
    if not least <= window < math.inf:
        raise ConfigError(
            f"window={window} must be a number of seconds from {least} on, as the model reads; "
            "choose about the length of its training utterances."
        )
    if not SHORTEST <= hop <= window:
        raise ConfigError(
            f"hop={hop} must be a number of seconds from {SHORTEST} to window={window}: what lies "
            "between windows would not be judged."
        )
    if not 0 <= smoothing < math.inf:
        raise ConfigError(f"smoothing={smoothing} must be a number of seconds, 0 for none.")
