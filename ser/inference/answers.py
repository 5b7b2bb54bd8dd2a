"""What was answered on a stretch of a file, as tables and files of answers hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

SILENCE = "silence"  # in the place of an emotion, where nothing was judged


@dataclass(frozen=True)
class Answer:
    """An answer on a file, or on a window of it.

    Args:
        file: Path of the file, as it was named.
        start: Where the stretch begins, in seconds.
        end: Where it ends, in seconds.
        emotion: Most probable emotion; ``"silence"`` where none was judged, empty with an error.
        probabilities: Probability of each emotion; empty where none was judged.
        notes: What is unlike the audio that the model was trained on.
        error: Why the file could not be judged; mostly empty.
    """

    file: str
    start: float
    end: float
    emotion: str
    probabilities: Mapping[str, float]
    notes: Sequence[str] = ()
    error: str = ""

    @property
    def probability(self) -> float:
        """Probability of the emotion; 0 where none was judged."""
        return self.probabilities.get(self.emotion, 0.0)

    def content(self) -> dict[str, Any]:
        """Give what JSON can hold."""
        return asdict(self)


@dataclass(frozen=True)
class Span:
    """Neighbouring windows of one emotion.

    Args:
        start: Where it begins, in seconds.
        end: Where it ends, in seconds.
        emotion: Emotion of all its windows.
        probability: Mean of what they give it.
        notes: What their notes say, each once.
    """

    start: float
    end: float
    emotion: str
    probability: float
    notes: Sequence[str] = ()


def spans(answers: Sequence[Answer]) -> list[Span]:
    """Cut a recording between the centres of its windows, and join neighbours of one emotion.

    Args:
        answers: Windows of one recording, in order.

    Returns:
        Spans that follow each other without a gap.
    """
    found: list[Span] = []
    members: list[Answer] = []
    begin = answers[0].start if answers else 0.0
    for answer, following in zip_longest(answers, answers[1:]):
        members.append(answer)
        if following is not None and following.emotion == answer.emotion:
            continue
        end = answer.end if following is None else (_centre(answer) + _centre(following)) / 2
        mean = sum(each.probability for each in members) / len(members)
        notes = tuple(unlike(note for each in members for note in each.notes))
        found.append(Span(begin, end, answer.emotion, mean, notes))
        begin, members = end, []
    return found


def unlike(notes: Iterable[str]) -> dict[str, int]:
    """Count notes; of those that differ in their numbers alone, the first stands for all."""
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    for note in notes:
        kind = "".join(letter for letter in note if letter not in "0123456789.,")
        shown = first.setdefault(kind, note)
        counts[shown] = counts.get(shown, 0) + 1
    return counts


def _centre(answer: Answer) -> float:
    return (answer.start + answer.end) / 2
