"""What published corpora have in common whose file names say what is in them."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from ser.corpora.cache import cache_root
from ser.corpora.corpus import NAMED, Corpus, Utterance, differences, some
from ser.corpora.folders import ailment, contents, is_copy, without_ending
from ser.corpora.roster import Person, names_of, people_of, plain
from ser.corpora.tree import Tree, tree_of, uppermost, within
from ser.errors import CorpusError
from ser.system.paths import expanded

COPIES = "copies of other files, to be removed"
UNLIKE = "files of one utterance with different content, of which one may stay"
MISFILED = "files in the folder of another emotion than their names say"


@dataclass
class Reading:
    """What was found below the root of a corpus.

    Args:
        utterances: Those that can be used, by id.
        faults: Names of files that have to be put right first, by what is wrong with them.
        doubts: Names of files that can be used and may be wrong, likewise.
        strange: Names of wav files of something else.
        tables: Every file that is no audio, by its name in small letters.
    """

    utterances: dict[str, Utterance] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    doubts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    strange: list[str] = field(default_factory=list)
    tables: Mapping[str, Path] = field(default_factory=dict)


class NamedCorpus(Corpus):
    """A published corpus whose file names say what is in them.

    Files may lie at any depth below the root, as the archive, a mirror of it or a clone has them;
    letters may be of either case; whatever is called otherwise is not of the corpus. A file that
    lies twice with equal content, such as mirrors hold it, counts once.

    A subclass states the facts below, and overrides what is special about its names.

    Args:
        root: Folder of the corpus, or one above it; None takes the environment variable
            ``SER_`` and the name of the corpus in capital letters, and else
            ``corpora/`` and its name in the cache.

    Attributes:
        title: What it is called in print.
        language: What is spoken.
        url: Where to get it.
        form: Pattern of the end of a path without the ending of the file. Its groups are
            ``emotion``, ``speaker`` and, where the name says so, ``sentence``, ``sex``, ``style``
            and ``language``.
        example: A path that fits.
        codes: Emotion by what stands for it in names, in small letters.
        total: Published number of utterances.
        voices: Published number of speakers.
        capitals: Whether ids and speakers are written in capital letters.
        sexes: ``"f"`` or ``"m"`` by what stands for it in names.
        styles: Style by what stands for it in names.
        home: Folder, in small letters, that the files lie in where an archive holds others.
        folders: Emotion by the name of a folder, in small letters.
        people: Name of a table of the speakers, in small letters.
        listing: Name of a table that lists all files, in small letters, and its column.
        twins: Published files that are equal to the byte, a group a tuple.
        spare: How many of the names that its scheme allows were never published.
        quirks: What else to know of the files.
    """

    title: ClassVar[str]
    language: ClassVar[str]
    url: ClassVar[str]
    form: ClassVar[str]
    example: ClassVar[str]
    codes: ClassVar[Mapping[str, str]]
    total: ClassVar[int] = 0
    voices: ClassVar[int]
    capitals: ClassVar[bool] = False
    sexes: ClassVar[Mapping[str, str]] = {"f": "f", "m": "m"}
    styles: ClassVar[Mapping[str, str]] = {}
    home: ClassVar[str] = ""
    folders: ClassVar[Mapping[str, str]] = {}
    people: ClassVar[str] = ""
    listing: ClassVar[tuple[str, str]] = ("", "")
    twins: ClassVar[tuple[tuple[str, ...], ...]] = ()
    spare: ClassVar[int] = 0
    quirks: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Derive what follows from the facts."""
        super().__init_subclass__()
        cls.labels = tuple(sorted(set(cls.codes.values())))
        cls.total = cls.total or sum(cls.counts.values())

    def __init__(self, root: str | Path | None = None) -> None:
        chosen = root or os.environ.get(self.variable)
        self.root = expanded(chosen) if chosen else cache_root("corpora", self.name)
        self._form = re.compile(f"(?:.*/)?(?P<id>{self.form})", re.IGNORECASE)

    @property
    def variable(self) -> str:
        """Environment variable that names the root."""
        return f"SER_{self.name.upper()}"

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

    def id_of(self, said: Mapping[str, str]) -> str:
        """Id of an utterance by what its name says, in small letters."""
        return self._cased(said["id"])

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """Speaker by what a name says, in small letters."""
        return self._cased(said["speaker"])

    def sex_of(self, speaker: str, said: Mapping[str, str]) -> str | None:
        """``"f"`` or ``"m"``; None where names do not say it."""
        return self.sexes.get(said.get("sex", ""))

    def utterances(self) -> list[Utterance]:
        """List every utterance, sorted by id.

        Raises:
            CorpusError: If there is none, or files are copies of others or cannot be read; names
                all of them.
        """
        reading = self._reading()
        if faults := _listed(reading.faults):
            raise CorpusError(f"{self.root} is not as {self.title} is: {'; '.join(faults)}.")
        return [utterance for _, utterance in sorted(reading.utterances.items())]

    def verify(self) -> None:
        """Compare the files with those that were published.

        Raises:
            CorpusError: If some are missing, added, copied, in a wrong folder or cannot be read;
                names them, or counts them where their names cannot be known.
        """
        reading = self._reading()
        faults = _listed(reading.faults)
        problems = [*faults, *_listed(reading.doubts), *self._wrong(reading)]
        if not problems:
            return
        remedy = "Put these right, or get a fresh copy." if faults else self.remedy
        raise CorpusError(
            f"{self.root} is not {self.title} as published ({self.total} utterances, "
            f"{self.voices} speakers): {'; '.join(problems)}. {remedy}"
        )

    def _wrong(self, reading: Reading) -> Iterator[str]:
        """What differs from the published files, or from their numbers."""
        ids = set(reading.utterances)
        if published := self.published():
            differing = differences(ids, set(published))
            yield from [differing] if differing else []
        else:
            differing = ", ".join(self._miscounted(list(reading.utterances.values())))
            yield from [differing] if differing else []
            if differing and (due := self.due(ids, self._on_list(reading))):
                yield self._missing(due)
        if differing and reading.strange:
            yield f"{len(reading.strange)} wav files of other names: {some(reading.strange)}"

    def _miscounted(self, utterances: Sequence[Utterance]) -> Iterator[str]:
        present = Counter(u.emotion for u in utterances)
        for emotion, expected in self.counts.items():
            if present[emotion] != expected:
                yield f"{emotion} {present[emotion]} instead of {expected}"
        if len(utterances) != self.total:
            yield f"{len(utterances)} utterances instead of {self.total}"
        if (voices := len({u.speaker for u in utterances})) != self.voices:
            yield f"{voices} speakers instead of {self.voices}"

    def _missing(self, due: set[str]) -> str:
        """Name what is missing, among names that never were there if their number is known."""
        if len(due) <= self.spare:
            return f"only {len(due)} names of its scheme are absent, {self.spare} as published"
        if not self.spare:
            return f"{len(due)} missing: {some(due)}"
        first = ", ".join(sorted(due)[: self.spare + NAMED])
        rest = " …" if len(due) > self.spare + NAMED else ""
        return (
            f"{len(due)} names of its scheme are absent, {self.spare} of which were never "
            f"published: {first}{rest}"
        )

    def _on_list(self, reading: Reading) -> set[str]:
        name, column = self.listing
        found = (self._match(Path(name)) for name in names_of(reading.tables.get(name), column))
        return {self.id_of(said) for said in found if said}

    def _reading(self) -> Reading:
        tree = self._tree()
        reading = Reading(tables=tree.others)
        alike: dict[str, list[Path]] = defaultdict(list)
        for path in within(tree.sounds, self.home) if self.home else tree.sounds:
            if said := self._match(path):
                alike[self.id_of(said)].append(path)
            elif self._match(path.with_name(f"{is_copy(path.stem)}.wav")):
                reading.faults[COPIES].append(path.name)
            else:
                reading.strange.append(path.name)
        if not alike:
            raise CorpusError(self._absent(reading.strange))
        people = people_of(tree.others.get(self.people))
        for paths in alike.values():
            self._add(reading, paths, people)
        return reading

    def _add(self, reading: Reading, paths: Sequence[Path], people: Mapping[str, Person]) -> None:
        path, equal = uppermost(paths)
        utterance = self._utterance(path, self._match(path), people)
        reading.utterances[utterance.id] = utterance
        if fault := ailment(path):
            reading.faults[fault].append(path.name)
        elif not equal:
            reading.faults[UNLIKE] += [str(path.relative_to(self.root)) for path in paths]
        inner = path.relative_to(self.root).parts
        said = {self.folders.get(part.lower(), utterance.emotion) for part in inner[-3:-1]}
        if said - {utterance.emotion}:
            reading.doubts[MISFILED].append(f"{path.parent.name}/{path.name}")

    def _match(self, path: Path) -> dict[str, str]:
        """What a name says, in small letters; nothing if it does not fit."""
        found = self._form.fullmatch(without_ending(path.as_posix()))
        return {key: text.lower() for key, text in found.groupdict("").items()} if found else {}

    def _utterance(
        self, path: Path, said: Mapping[str, str], people: Mapping[str, Person]
    ) -> Utterance:
        speaker = self.speaker_of(said)
        person = people.get(plain(speaker), Person())
        return Utterance(
            id=self.id_of(said),
            path=path,
            emotion=self.codes[said["emotion"]],
            speaker=speaker,
            sentence=said.get("sentence") or None,
            sex=self.sex_of(speaker, said) or person.sex,
            style=self.styles.get(said.get("style", "")),
            age=person.age,
            language=said.get("language") or None,
        )

    def _tree(self) -> Tree:
        if not self.root.is_dir():
            raise CorpusError(self._absent([]))
        return tree_of(self.root)

    def _absent(self, strange: Sequence[str]) -> str:
        others = f", with wav files of other names below it ({some(strange)})" if strange else ""
        return (
            f"no {self.name} in {self.root}, which {contents(self.root)}{others}: looked for names "
            f"such as {self.example} there and in all folders below. Get {self.title} from "
            f"{self.url}, unpack it, and point data.root=… or {self.variable} at it. "
            "data=synthetic works now, without a download."
        )

    def _cased(self, text: str) -> str:
        return text.upper() if self.capitals else text


def _listed(names: Mapping[str, list[str]]) -> list[str]:
    """Say what is wrong, with the first ten names of each kind."""
    return [f"{kind}: {some(found)}" for kind, found in names.items() if found]
