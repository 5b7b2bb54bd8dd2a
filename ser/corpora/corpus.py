"""What a corpus is: a list of labelled utterances that knows its published counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from ser.errors import CorpusError
from ser.system.arguments import KeepsArguments
from ser.system.few import few


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
        age: Of the speaker, where known.
        language: Spoken language, where the corpus has several.
        split: Side, such as ``"test"``, or fold that the corpus itself puts it in, if it does.
        corpus: Which of several corpora that were joined it is from.
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
    age: str | None = None
    language: str | None = None
    split: str | None = None
    corpus: str | None = None


class Corpus(KeepsArguments, ABC):
    """An emotional-speech corpus on disk.

    Attributes:
        name: Short name, the one used on the command line.
        labels: Emotions in a fixed order; class ``i`` of every network is ``labels[i]``.
        sample_rate: Rate at which the corpus is distributed, in Hz.
        counts: Published number of utterances of each emotion.
        licence: What one may do with it, and who says so.
        citation: What to cite when a figure on it is published.
        remedy: What to do where its files are not the published ones.
    """

    name: str
    licence: ClassVar[str]
    citation: ClassVar[str]
    remedy: str = "Get a fresh copy, or pass data.verify=false to use the files as they are."
    labels: tuple[str, ...]
    sample_rate: ClassVar[int] = 16000
    counts: Mapping[str, int]

    @property
    def origin(self) -> str:
        """What model files call the corpus: its class, unless it is made of others."""
        return type(self).__name__

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of figures on it must know, in sentences; mostly nothing."""
        return ()

    @abstractmethod
    def utterances(self) -> list[Utterance]:
        """List every utterance, sorted by id.

        Raises:
            CorpusError: If the corpus is absent or a file does not fit its name scheme.
        """

    def readable(self) -> list[Utterance]:
        """List what can be, though something else is wrong; by default all or nothing."""
        try:
            return self.utterances()
        except CorpusError:
            return []

    def prepare(self) -> None:
        """Make the corpus available, by a download if there is one; does nothing by default."""
        return

    def verify(self) -> None:
        """Compare what is on disk with the published counts.

        Raises:
            CorpusError: If an emotion has more or fewer utterances than were published.
        """
        # Lists that are none, and utterances that are none, are named by the contract.
        emotions = [getattr(u, "emotion", None) for u in self.utterances() or ()]
        found = {emotion: emotions.count(emotion) for emotion in self.counts}
        wrong = {e: (found[e], n) for e, n in self.counts.items() if found[e] != n}
        if wrong:
            table = ", ".join(f"{e} {have} instead of {n}" for e, (have, n) in wrong.items())
            raise CorpusError(f"{self.name} is not as published: {table}. {self.remedy}")

    def checksums(self) -> Mapping[str, str]:
        """Published SHA-256 of the files, by utterance id; empty where none are published."""
        return {}

    def altered(self, hashes: Mapping[str, str]) -> list[str]:
        """List the ids of those files whose content is not the published one.

        Args:
            hashes: SHA-256 of the file of each utterance, by id.
        """
        sums = self.checksums()
        return [i for i, found in hashes.items() if sums.get(i, found) != found]


def some(ids: Iterable[str]) -> str:
    """List ids in order, the first ten of them if there are more."""
    return few(sorted(ids))


def differences(present: set[str], expected: set[str]) -> str:
    """Name the ids that are missing and those that are unknown; empty if there are none."""
    kinds = {"missing": expected - present, "unknown": present - expected}
    return "; ".join(f"{len(ids)} {what}: {some(ids)}" for what, ids in kinds.items() if ids)


def unique_ids(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Sort utterances by id.

    Raises:
        CorpusError: If two utterances share an id.
    """
    ordered = sorted(utterances, key=lambda u: u.id)
    twice = [a.id for a, b in pairwise(ordered) if a.id == b.id]
    if twice:
        raise CorpusError(
            f"utterance ids must be unique, and these occur twice: {some(twice)}. Remove or "
            "rename one of each pair."
        )
    return ordered
