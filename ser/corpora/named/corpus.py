"""A published corpus whose file names say what is in them, compared with what was published."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ser.corpora.corpus import Corpus, Utterance, differences, some
from ser.corpora.folders import SUFFIXES, contents
from ser.corpora.named.facts import Facts
from ser.corpora.named.packed import unpacked
from ser.corpora.named.reading import Reading, read, stated
from ser.corpora.named.roster import names_of, people_of
from ser.corpora.named.tree import Tree, tree_of, within
from ser.errors import CorpusError
from ser.storage import cache_root
from ser.system.counted import counted
from ser.system.few import NAMED
from ser.system.paths import expanded


class NamedCorpus(Facts, Corpus):
    """A published corpus whose file names say what is in them.

    Files may lie at any depth below the root, as the archive, a mirror of it or a clone has them;
    whatever is called otherwise is not of the corpus. A file that lies twice with equal content,
    such as mirrors hold it, counts once. Where no wavs fit, FLAC, Ogg and MP3 files are taken, or
    those within parquet files, which are unpacked to the cache.

    A subclass states ``Facts`` and ``Names``, and overrides what is special.

    Args:
        root: Folder of the corpus, or one above it; None takes the environment variable
            ``SER_`` and the name of the corpus in capital letters, and else
            ``corpora/`` and its name in the cache.
    """

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
        """Which published files are left out, for they hold no sound, and whether it is a copy."""
        lines = [f"{name} of {self.title} holds no sound, and is left out." for name in self.silent]
        ending = self._found()[2][:1]
        lines += [
            f"the audio is {path.suffix[1:]}, and {self.title} was published as wav: figures may "
            "differ from those of the wavs."
            for path in ending
            if path.suffix.lower() not in SUFFIXES
        ]
        return tuple(lines)

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
        root, tree, sounds = self._found()
        reading = read(root, sounds, self, people_of(tree.others.get(self.people)))
        if not reading.utterances:
            raise CorpusError(self._absent([path.name for path in tree.sounds]))
        return reading, tree.others

    def _found(self) -> tuple[Path, Tree, Sequence[Path]]:
        """Where the audio lies, with what lies beside it."""
        root, tree = self.root, tree_of(self.root) if self.root.is_dir() else Tree()
        if not (sounds := self._sounds(tree)) and tree.packed:
            root = unpacked(tree.packed, self, self.people or "data.tsv")
            tree = tree_of(root)
            sounds = self._sounds(tree)
        return root, tree, sounds

    def _sounds(self, tree: Tree) -> Sequence[Path]:
        """The wavs, or what a mirror has compressed where no wav is of the corpus."""
        for paths in (tree.sounds, tree.coded):
            if any(map(self.match, paths)):
                return within(paths, self.home) if self.home else paths
        return ()

    def _wrong(self, reading: Reading, tables: Mapping[str, Path]) -> Iterator[str]:
        """What differs from the published files, or from their numbers."""
        ids = set(reading.utterances)
        if published := self.published():
            differing = differences(ids, set(published) - (set(self.silent) - ids))
            wrong = [differing] if differing else []
            spoken = {u.speaker for u in reading.utterances.values()}
            if unheard := self._speakers(published) - spoken:
                wrong.append(f"nothing by {some(unheard)}")
        else:
            wrong = list(self._miscounted(list(reading.utterances.values())))
            listed = self._on_list(tables)
            if wrong and (expected := self.expected(ids, listed)):
                spare = 0 if listed else self.spare
                wrong += _named(expected - ids - set(self.silent), ids - expected, spare)
        if wrong and reading.strange:
            wrong.append(
                f"{counted(len(reading.strange), 'wav')} of other names: {some(reading.strange)}"
            )
        yield from wrong

    def _miscounted(self, utterances: Sequence[Utterance]) -> Iterator[str]:
        present = Counter(u.emotion for u in utterances)
        unheard = set(self.silent) - {u.id for u in utterances}
        present.update(self.codes[said["emotion"]] for said in self._said(unheard))
        for emotion, expected in self.counts.items():
            if present[emotion] != expected:
                yield f"{emotion} {present[emotion]} instead of {expected}"
        if (found := present.total()) != self.total:
            yield f"{counted(found, 'utterance')} instead of {self.total}"
        if (voices := len({u.speaker for u in utterances})) != self.voices:
            yield f"{counted(voices, 'speaker')} instead of {self.voices}"

    def _speakers(self, ids: Iterable[str]) -> set[str]:
        """Speakers of published files, where ids are still names."""
        return {self.speaker_of(said) for said in self._said(ids)}

    def _said(self, names: Iterable[str]) -> Iterator[dict[str, str]]:
        """What names say, without those that do not fit."""
        return filter(None, (self.match(Path(name)) for name in names))

    def _on_list(self, tables: Mapping[str, Path]) -> set[str]:
        name, column = self.listing
        return {self.id_of(said) for said in self._said(names_of(tables.get(name), column))}

    def _absent(self, strange: Sequence[str]) -> str:
        others = f", with wavs of other names below it ({some(strange)})" if strange else ""
        return (
            f"no {self.name} in {self.root}, which {contents(self.root)}{others}: looked for names "
            f"such as {self.example} there and in all folders below. Get {self.title} from "
            f"{self.url}, unpack it, and point data.root=… or {self.variable} at it. "
            "data=synthetic works now, without a download."
        )


def _named(missing: set[str], unknown: set[str], spare: int | None) -> Iterator[str]:
    """Name what is missing, among names that never were there if there are such, and the rest."""
    if missing and spare == 0:
        yield f"{len(missing)} missing: {some(missing)}"
    elif missing:
        known = spare is not None
        never = f"{spare} of which were never" if known else "some of which may never have been"
        most = (spare or 0) + NAMED
        rest = " …" if len(missing) > most else ""
        yield (
            f"names of its scheme that are absent ({len(missing)}, {never} published): "
            f"{', '.join(sorted(missing)[:most])}{rest}"
        )
    if unknown:
        yield f"{len(unknown)} unknown: {some(unknown)}"
