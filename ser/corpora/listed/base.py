"""What corpora from a list have in common: all of their faults are named in one sentence."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from ser.corpora.corpus import Corpus, Utterance
from ser.corpora.listed.emotions import Emotions, Wanted
from ser.corpora.listed.faults import Faults
from ser.corpora.listed.files import Line
from ser.corpora.listed.rows import Source, utterances_of
from ser.corpora.listed.stretches import overlapping
from ser.errors import AudioError
from ser.system.few import few

Probe = Callable[[Path], float | None]  # seconds that a file lasts; AudioError if it is no audio
SLACK = 0.1  # seconds by which an end may lie behind that of the file: lists are rounded


class Listed(Corpus):
    """A corpus that something lists, a line an utterance.

    Args:
        place: What lists it; for messages.
        root: Folder that paths are relative to.
        name: What the corpus is called.
        emotions: As in ``Emotions``.
        probe: Opens an audio file and gives its seconds, which ``verify`` asks of each; None
            leaves audio alone.
    """

    licence = "whatever the owner of these recordings grants"
    citation = "whatever the owner of these recordings asks for"
    remedy = "Correct the list."

    def __init__(
        self, place: Path, root: Path, name: str, emotions: Wanted, probe: Probe | None
    ) -> None:
        self.place = place
        self.root = root
        self.name = name
        self.counts: Mapping[str, int] = {}  # nothing is published of it
        self._wanted = emotions
        self._probe = probe

    @abstractmethod
    def lines(self) -> list[Line]:
        """Everything that is listed."""

    @abstractmethod
    def columns(self) -> Mapping[str, str]:
        """Names of the columns of the lines, by what they hold."""

    @property
    def labels(self) -> tuple[str, ...]:  # type: ignore[override]
        """Emotions in class order.

        Raises:
            CorpusError: If the list cannot be read.
        """
        return self._source.emotions.labels

    def utterances(self) -> list[Utterance]:
        """List every utterance, sorted by id.

        Raises:
            CorpusError: If lines cannot be used; names all of them, by the rule that they break.
        """
        faults = Faults()
        listed = utterances_of(self._lines, self._source, faults)
        faults.refuse(self.place)
        return sorted(listed.values(), key=lambda utterance: utterance.id)

    def verify(self) -> None:
        """Open every audio file besides, and see that it holds what is listed of it.

        Raises:
            CorpusError: If lines cannot be used; names all of them, by the rule that they break.
        """
        faults = Faults()
        listed = utterances_of(self._lines, self._source, faults)
        for place, rule, value in self._unheard(listed):
            faults.add(rule, place, value)
        faults.refuse(self.place)

    def readable(self) -> list[Utterance]:
        """List nothing more: every file was opened, and what is wrong with it said."""
        return []

    @property
    def notes(self) -> tuple[str, ...]:
        """Which stretches of a file overlap others; random folds would part them."""
        if not {"start", "end"} & set(self.columns()):
            return ()
        found = overlapping(self.utterances())
        if not found:
            return ()
        what = "stretch overlaps" if len(found) == 1 else "stretches overlap"
        return (
            f"{len(found)} {what} the one before in the same file: {few(found)}. Folds of random "
            "utterances, such as cv=stratified, part them, and are refused where they share much.",
        )

    @cached_property
    def _lines(self) -> list[Line]:
        return self.lines()

    @cached_property
    def _source(self) -> Source:
        columns = self.columns()
        found = (line.values.get(columns["emotion"], "") for line in self._lines)
        return Source(self.root, columns, Emotions(self._wanted, found))

    def _unheard(self, listed: Mapping[str, Utterance]) -> Iterator[tuple[str, str, str]]:
        if self._probe is None:
            return
        paths = list(dict.fromkeys(utterance.path for utterance in listed.values()))
        with ThreadPoolExecutor() as pool:
            lasting = dict(zip(paths, pool.map(self._probed, paths), strict=True))
        for place, utterance in listed.items():
            seconds = lasting[utterance.path]
            if isinstance(seconds, AudioError):
                yield place, "audio cannot be decoded", str(seconds).rstrip(".")
            elif seconds is not None and _goes_on(utterance, seconds):
                stretch = f"{utterance.start} to {utterance.end or 'its end'} of {seconds:.2f} s"
                yield place, "the file ends before", stretch

    def _probed(self, path: Path) -> Any:
        try:
            return self._probe(path) if self._probe else None
        except AudioError as error:
            return error


def _goes_on(utterance: Utterance, seconds: float) -> bool:
    """Whether an utterance begins or ends behind the end of its file."""
    return utterance.start >= seconds or (utterance.end or 0.0) > seconds + SLACK
