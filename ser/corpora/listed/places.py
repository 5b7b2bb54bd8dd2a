"""Where the file of a path lies that somebody wrote, maybe on another system."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from ser.corpora.contract import is_file
from ser.corpora.folders import entries, without_ending
from ser.errors import CorpusError
from ser.system.near import question
from ser.system.paths import expanded


def located(text: str, root: Path) -> Path | None:
    """The file of a path as people write it: on another system, or with accents encoded anew."""
    spellings = (text, text.replace("\\", "/"))
    forms = (
        form
        for spelling in spellings
        for form in (spelling, normalize("NFC", spelling), normalize("NFD", spelling))
    )
    paths = (root / expanded(spelling) for spelling in dict.fromkeys(forms))
    return next((path for path in paths if is_file(path)), None)


def near(text: str, root: Path) -> str:
    """Ask whether a file was meant that has another case or ending; empty if there is none."""
    path = root / expanded(text.replace("\\", "/"))
    names = _beside(path.parent)
    return question(names.get(path.name.casefold()) or names.get(path.stem.casefold(), ""))


@lru_cache(maxsize=64)  # a table names many files of few folders
def _beside(folder: Path) -> Mapping[str, str]:
    """Names of audio files in a folder, by what is left of them without case and ending."""
    try:
        names = [path.name for path in entries(folder)]
    except (CorpusError, OSError, ValueError):
        return {}
    heard = [name for name in names if without_ending(name) != name]
    return {form.casefold(): name for name in heard for form in (name, without_ending(name))}
