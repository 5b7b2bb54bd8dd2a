"""What is dealt to folds and given to a network as one item: an utterance, or a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ser.corpora.corpus import Utterance

ORIGINAL = "original"


@dataclass(frozen=True)
class Row:
    """An utterance in one of its views.

    Args:
        utterance: What was said.
        view: ``"original"``, or the name of the augmented copy.
    """

    utterance: Utterance
    view: str = ORIGINAL

    @property
    def id(self) -> str:
        """Id of the utterance; its copies share it."""
        return self.utterance.id

    @property
    def emotion(self) -> str:
        """Label of the utterance."""
        return self.utterance.emotion

    @property
    def speaker(self) -> str:
        """Speaker of the utterance."""
        return self.utterance.speaker

    @property
    def key(self) -> tuple[str, str]:
        """What no other row shares."""
        return self.utterance.id, self.view

    def __str__(self) -> str:
        return self.id if self.view == ORIGINAL else f"{self.id} ({self.view})"


Unit = Utterance | Row


def as_rows(units: Iterable[Unit]) -> list[Row]:
    """Take utterances for rows of their original view; rows stay as they are."""
    return [unit if isinstance(unit, Row) else Row(unit) for unit in units]
