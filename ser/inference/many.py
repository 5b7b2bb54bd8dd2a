"""Judge many recordings, long or broken ones among them, and go on where a start was stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ser.errors import AudioError
from ser.features.audio import decode, duration_of
from ser.inference.answers import Answer
from ser.inference.batching import each_of
from ser.inference.journal import Journal
from ser.inference.predictor import Predictor
from ser.inference.timeline import Timeline
from ser.system.terminal import steps

TITLE = "predict"


def judge(
    predictor: Predictor, sources: Sequence[Path], kept: Journal, timeline: Timeline | None = None
) -> int:
    """Judge recordings and keep the answers; what is no audio gets the reason for an answer.

    Args:
        predictor: What judges.
        sources: Files.
        kept: Where the answers go; what it has is not judged again.
        timeline: Judges windows; None judges every recording as a whole.

    Returns:
        How many recordings an earlier start had judged.
    """
    left = [source for source in sources if not kept.has(source)]
    found = _windows(timeline, left, kept) if timeline else _whole(predictor, left)
    for source, answers in found:
        kept.add(source, answers)
    return len(sources) - len(left)


def _whole(predictor: Predictor, left: Sequence[Path]) -> Iterator[tuple[Path, list[Answer]]]:
    seconds: dict[Any, float] = {}

    def read(source: Any) -> tuple[Any, int]:
        waveform, rate = decode(source)
        seconds[source] = waveform.shape[1] / rate
        return waveform, rate

    for source, answer in steps(each_of(predictor, left, read), TITLE, len(left)):
        path, end = Path(source), seconds.pop(source, 0.0)  # type: ignore[arg-type]
        if isinstance(answer, AudioError):
            yield path, [failed(path, answer)]
        else:
            whole = Answer(str(path), 0.0, end, answer.emotion, answer.probabilities, answer.notes)
            yield path, [whole]


def _windows(
    timeline: Timeline, left: Sequence[Path], kept: Journal
) -> Iterator[tuple[Path, list[Answer]]]:
    several = len(left) > 1
    for source in steps(left, TITLE) if several else left:
        try:
            rows = timeline.resumed(source, kept.begun(source), partial(kept.add_part, source))
            shown = rows if several else steps(rows, TITLE, _count(timeline, source))
            answers = [replace(answer, file=str(source)) for answer in shown]
        except AudioError as error:
            answers = [failed(source, error)]
        yield source, answers


def _count(timeline: Timeline, source: Path) -> int:
    """How many windows a recording will have, nearly; 1 where its header does not say."""
    return max(round((duration_of(source) or 0) / timeline.hop), 1)


def failed(source: Path, error: AudioError) -> Answer:
    """Answer on what could not be judged."""
    reason = str(error)
    whole = reason if str(source) in reason else f"{source}: {reason}"
    return Answer(str(source), 0.0, 0.0, "", {}, (), whole)
