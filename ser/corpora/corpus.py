"""What a corpus is: a list of labelled utterances that knows its published counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from ser.errors import CorpusError


@dataclass(frozen=True)
class Utterance:
    """One labelled stretch of speech.

    Args:
        id: Name that is the same on every machine, such as ``"03a01Fa"``.
        path: Audio file.
        emotion: Label, one of ``Corpus.labels``.
        speaker: Speaker id.
        sentence: Id of the text spoken, where the corpus has one.
        session: Recording session, where the corpus has one.
        sex: ``"f"`` or ``"m"``, where known.
        style: How it was elicited, such as ``"script"`` or ``"improvised"``, where known.
        start: Where the utterance begins in ``path``, in seconds.
        end: Where it ends in ``path``, in seconds; None for the end of the file.
    """

    id: str
    path: Path
    emotion: str
    speaker: str
    sentence: str | None = None
    session: str | None = None
    sex: str | None = None
    style: str | None = None
    start: float = 0.0
    end: float | None = None


class Corpus(ABC):
    """An emotional-speech corpus on disk.

    Attributes:
        name: Short name, the one used on the command line.
        labels: Emotions in a fixed order; class ``i`` of every network is ``labels[i]``.
        sample_rate: Rate at which the corpus is distributed, in Hz.
        counts: Published number of utterances of each emotion.
    """

    name: ClassVar[str]
    labels: tuple[str, ...]
    sample_rate: ClassVar[int] = 16000
    counts: Mapping[str, int]

    @abstractmethod
    def utterances(self) -> list[Utterance]:
        """List every utterance, sorted by id.

        Raises:
            CorpusError: If the corpus is absent or a file does not fit its name scheme.
        """

    def prepare(self) -> None:
        """Make the corpus available, by a download where there is one; nothing by default."""
        return

    def verify(self) -> None:
        """Hold what is on disk against the published counts.

        Raises:
            CorpusError: If an emotion has more or fewer utterances than were published.
        """
        found = Counter(u.emotion for u in self.utterances())
        wrong = {e: (found[e], n) for e, n in self.counts.items() if found[e] != n}
        if wrong:
            table = ", ".join(f"{e} {have} instead of {n}" for e, (have, n) in wrong.items())
            raise CorpusError(f"{self.name} is not complete: {table}. Get a fresh copy of it.")


def unique_ids(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Sort utterances by id.

    Raises:
        CorpusError: If two utterances share an id.
    """
    ordered = sorted(utterances, key=lambda u: u.id)
    twice = [a.id for a, b in pairwise(ordered) if a.id == b.id]
    if twice:
        raise CorpusError(f"utterance ids must be unique; these occur twice: {', '.join(twice)}")
    return ordered
