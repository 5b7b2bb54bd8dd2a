"""What the names of files say: who speaks, with which emotion, and which sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import ClassVar
from unicodedata import normalize

from ser.corpora.corpus import Utterance
from ser.corpora.folders import without_ending
from ser.corpora.named.roster import Person, plain


class Names:
    """How files are named. Letters may be of either case, as drives have changed them.

    Attributes:
        form: Pattern of the end of a path without the ending of the file. Its groups are
            ``emotion``, ``speaker`` and, where the name says so, ``sentence``, ``sex``, ``style``
            and ``language``.
        codes: Emotion by what stands for it in names, in small letters.
        capitals: Whether ids and speakers are written in capital letters.
        sexes: ``"f"`` or ``"m"`` likewise.
        styles: Style likewise.
        languages: Spoken language likewise, where there are several.
        folders: Emotion by the name of a folder, in small letters.
    """

    form: ClassVar[str]
    codes: ClassVar[Mapping[str, str]]
    capitals: ClassVar[bool] = False
    sexes: ClassVar[Mapping[str, str]] = {"f": "f", "m": "m"}
    styles: ClassVar[Mapping[str, str]] = {}
    languages: ClassVar[Mapping[str, str]] = {}
    folders: ClassVar[Mapping[str, str]] = {}

    def id_of(self, said: Mapping[str, str]) -> str:
        """Id of an utterance by what its name says, in small letters."""
        return self._cased(said["id"].strip())

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """Speaker by what a name says, in small letters."""
        return self._cased(said["speaker"])

    def sex_of(self, speaker: str, said: Mapping[str, str]) -> str | None:
        """``"f"`` or ``"m"``; None where names do not say it."""
        return self.sexes.get(said.get("sex", ""))

    def match(self, path: Path) -> dict[str, str]:
        """What a name says by group, in small letters; nothing if it does not fit."""
        # Some systems write an accent as a letter of its own, which no pattern takes for one.
        found = self._pattern.fullmatch(normalize("NFC", without_ending(path.as_posix())))
        return {key: text.lower() for key, text in found.groupdict("").items()} if found else {}

    def utterance(
        self, path: Path, said: Mapping[str, str], people: Mapping[str, Person]
    ) -> Utterance:
        """Put together what a name and a table of the speakers say."""
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
            language=self.languages.get(said.get("language", "")),
        )

    def misfiled(self, inner: Path, emotion: str) -> bool:
        """Whether one of the two folders above a file is named after another emotion.

        Args:
            inner: Path below the root.
            emotion: What the name of the file says.
        """
        named = {self.folders.get(part.lower(), emotion) for part in inner.parts[-3:-1]}
        return bool(named - {emotion})

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"(?:.*/)?(?P<id>{self.form})", re.IGNORECASE | re.DOTALL)

    def _cased(self, text: str) -> str:
        return text.upper() if self.capitals else text
