"""A published corpus whose file names say what is in them, compared with what was published."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from ser.corpora.cache import cache_root
from ser.corpora.corpus import Corpus, Utterance, differences, some
from ser.corpora.folders import contents
from ser.corpora.named.names import Names
from ser.corpora.named.reading import Reading, read, stated
from ser.corpora.named.roster import names_of, people_of
from ser.corpora.named.tree import Tree, tree_of, within
from ser.errors import CorpusError
from ser.system.counted import counted
from ser.system.few import NAMED
from ser.system.paths import expanded


class NamedCorpus(Names, Corpus):
    """A published corpus whose file names say what is in them.

    Files may lie at any depth below the root, as the archive, a mirror of it or a clone has them;
    whatever is called otherwise is not of the corpus. A file that lies twice with equal content,
    such as mirrors hold it, counts once.

    A subclass states the facts below and those of ``Names``, and overrides what is special.

    Args:
        root: Folder of the corpus, or one above it; None takes the environment variable
            ``SER_`` and the name of the corpus in capital letters, and else
            ``corpora/`` and its name in the cache.

    Attributes:
        title: What it is called in print.
        language: What is spoken.
        url: Where to get it.
        example: A path that fits.
        total: Published number of utterances.
        voices: Published number of speakers.
        home: Folder, in small letters, that the files lie in where an archive holds others.
        people: Name of a table of the speakers, in small letters.
        listing: Name of a table that lists all files, in small letters, and its column.
        spare: How many of the names that its scheme allows were never published.
        silent: Published files that hold no sound, by id; they are left out.
        twins: Published files that are equal to the byte, a group a tuple of ids.
        quirks: What else to know of the files.
    """

    title: ClassVar[str]
    language: ClassVar[str]
    url: ClassVar[str]
    example: ClassVar[str]
    total: ClassVar[int] = 0
    voices: ClassVar[int]
    home: ClassVar[str] = ""
    people: ClassVar[str] = ""
    listing: ClassVar[tuple[str, str]] = ("", "")
    spare: ClassVar[int] = 0
    silent: ClassVar[tuple[str, ...]] = ()
    twins: ClassVar[tuple[tuple[str, ...], ...]] = ()
    quirks: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Derive what follows from the facts."""
        super().__init_subclass__()
        cls.labels = tuple(sorted(set(cls.codes.values())))
        cls.total = cls.total or sum(cls.counts.values())

    def __init__(self, root: str | Path | None = None) -> None:
        chosen = root or os.environ.get(self.variable)
        self.root = expanded(chosen) if chosen else cache_root("corpora", self.name)

    @property
    def variable(self) -> str:
        """Environment variable that names the root."""
        return f"SER_{self.name.upper()}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Which published files are left out, for they hold no sound."""
        return tuple(
            f"{name} of {self.title} holds no sound, and is left out." for name in self.silent
        )

    @classmethod
    def published(cls) -> frozenset[str]:
        """Ids of all published files; empty where only their number is known."""
        return frozenset()

    def due(self, ids: set[str], listed: set[str]) -> set[str]:
        """Ids that a copy itself shows to be missing from it, where none are published.

        Args:
            ids: Those that were found.
            listed: Those that a table beside the audio lists.
        """
        return listed - ids

    def utterances(self) -> list[Utterance]:
        """List every utterance that can be heard, sorted by id.

        Raises:
            CorpusError: If there is none, or files are copies of others or cannot be read; names
                all of them.
        """
        reading, _ = self._reading()
        if faults := stated(reading.faults):
            raise CorpusError(f"{self.root} differs from {self.title}: {'; '.join(faults)}.")
        return [
            found for name, found in sorted(reading.utterances.items()) if name not in self.silent
        ]

    def verify(self) -> None:
        """Compare the files with those that were published.

        Raises:
            CorpusError: If some are missing, added, copied, in a wrong folder or cannot be read;
                names them, or counts them where their names cannot be known.
        """
        reading, tables = self._reading()
        faults = stated(reading.faults)
        problems = [*faults, *stated(reading.doubts), *self._wrong(reading, tables)]
        if problems:
            remedy = "Put these right, or get a fresh copy." if faults else self.remedy
            raise CorpusError(
                f"{self.root} is not {self.title} as published ({self.total} utterances, "
                f"{self.voices} speakers): {'; '.join(problems)}. {remedy}"
            )

    def _reading(self) -> tuple[Reading, Mapping[str, Path]]:
        tree = tree_of(self.root) if self.root.is_dir() else Tree((), {})
        sounds = within(tree.sounds, self.home) if self.home else tree.sounds
        reading = read(self.root, sounds, self, people_of(tree.others.get(self.people)))
        if not reading.utterances:
            raise CorpusError(self._absent(reading.strange))
        return reading, tree.others

    def _wrong(self, reading: Reading, tables: Mapping[str, Path]) -> Iterator[str]:
        """What differs from the published files, or from their numbers."""
        ids = set(reading.utterances)
        if published := self.published():
            wrong = [differing] if (differing := differences(ids, set(published))) else []
            spoken = {u.speaker for u in reading.utterances.values()}
            if unheard := self._speakers(published) - spoken:
                wrong.append(f"nothing by {some(unheard)}")
        else:
            wrong = list(self._miscounted(list(reading.utterances.values())))
            if wrong and (due := self.due(ids, self._on_list(tables))):
                wrong.append(self._missing(due))
        if wrong and reading.strange:
            wrong.append(
                f"{counted(len(reading.strange), 'wav')} of other names: {some(reading.strange)}"
            )
        yield from wrong

    def _miscounted(self, utterances: Sequence[Utterance]) -> Iterator[str]:
        present = Counter(u.emotion for u in utterances)
        for emotion, expected in self.counts.items():
            if present[emotion] != expected:
                yield f"{emotion} {present[emotion]} instead of {expected}"
        if len(utterances) != self.total:
            yield f"{counted(len(utterances), 'utterance')} instead of {self.total}"
        if (voices := len({u.speaker for u in utterances})) != self.voices:
            yield f"{counted(voices, 'speaker')} instead of {self.voices}"

    def _speakers(self, ids: Iterable[str]) -> set[str]:
        """Speakers of published files, where ids are still names."""
        return {self.speaker_of(said) for name in ids if (said := self.match(Path(name)))}

    def _on_list(self, tables: Mapping[str, Path]) -> set[str]:
        name, column = self.listing
        found = (self.match(Path(name)) for name in names_of(tables.get(name), column))
        return {self.id_of(said) for said in found if said}

    def _missing(self, due: set[str]) -> str:
        """Name what is missing, among names that never were there if their number is known."""
        if not self.spare:
            return f"{len(due)} missing: {some(due)}"
        most = self.spare + NAMED
        rest = " …" if len(due) > most else ""
        return (
            f"{counted(len(due), 'name')} of its scheme {'is' if len(due) == 1 else 'are'} absent, "
            f"{self.spare} of which were never published: {', '.join(sorted(due)[:most])}{rest}"
        )

    def _absent(self, strange: Sequence[str]) -> str:
        others = f", with wavs of other names below it ({some(strange)})" if strange else ""
        return (
            f"no {self.name} in {self.root}, which {contents(self.root)}{others}: looked for names "
            f"such as {self.example} there and in all folders below. Get {self.title} from "
            f"{self.url}, unpack it, and point data.root=… or {self.variable} at it. "
            "data=synthetic works now, without a download."
        )
