"""All that a file of answers says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ser.inference.answers import Answer

BETWEEN = " | "  # sentences of a row


@dataclass(frozen=True)
class Findings:
    """Answers, and what judged.

    Args:
        answers: Answers, in the order of their files.
        labels: Emotions in class order.
        model: What judged, in a sentence.
        warnings: What makes the model, or its figures, worthless; mostly nothing.
    """

    answers: Iterable[Answer]
    labels: Sequence[str]
    model: str
    warnings: Sequence[str] = ()

    @property
    def warning(self) -> str:
        """All warnings as one text, for rows that may be read without the rest."""
        return BETWEEN.join(self.warnings)
