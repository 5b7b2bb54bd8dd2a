"""Folders of corpora as people have them: what is in them, and where below a root they lie."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from ser.corpora.corpus import some
from ser.errors import CorpusError
from ser.system.litter import is_litter

SUFFIXES = (".wav", ".wave")  # in any case of letters
# How names of files end elsewhere, read here or not; arrays stand for the audio they were made of.
AUDIO = (
    *SUFFIXES, ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aiff", ".aif", ".sph", ".npy",
)  # fmt: skip
DEPTH = 3  # folders below a root in which a corpus is looked for
MOST = 1000  # folders that are looked into
# How systems and programs name a second copy of a file, before or after its own name.
COPY = re.compile(
    r"(copy of |kopie von |copie de )?(?P<name>.+?)"
    r"( ?\(\d+\)| - (copy|kopie|copie|copia)( \(\d+\))?| (copy|kopie|copie|copia)( \d+)?"
    r"|[ ._-]*\(?(conflict|conflicted copy|sync-conflict).*)?",
    re.IGNORECASE,
)


def entries(folder: Path) -> list[Path]:
    """What is in a folder, sorted, without what systems leave there.

    Raises:
        CorpusError: If it cannot be read.
    """
    try:
        with os.scandir(folder) as found:
            names = sorted(e.name for e in found if not is_litter(e.name))
    except OSError as error:
        raise CorpusError(
            f"{folder} cannot be read ({error.strerror}); name a folder that you may read."
        ) from error
    return [folder / name for name in names]


def sounds(folder: Path) -> list[Path]:
    """Names in a folder that end as audio files do, whatever lies under them."""
    return [path for path in entries(folder) if path.suffix.lower() in SUFFIXES]


def without_ending(name: str) -> str:
    """Name of an audio file without its ending; any other name as it is.

    Example:
        >>> without_ending("03a01Fa.WAV"), without_ending("take.2")
        ('03a01Fa', 'take.2')
    """
    stem, dot, ending = name.rpartition(".")
    return stem if stem and f"{dot}{ending.lower()}" in AUDIO else name


def is_copy(name: str) -> str | None:
    """Name that a name is a second copy of, as systems make them; None for any other.

    Example:
        >>> is_copy("03a01Fa (1)"), is_copy("03a01Fa - Copy"), is_copy("03a01Fa")
        ('03a01Fa', '03a01Fa', None)
    """
    found = COPY.fullmatch(name)
    return found["name"] if found and found["name"] != name else None


def ailment(path: Path) -> str:
    """What a name is one of that is no file to be read; empty for a file."""
    try:
        if path.is_file():
            return "" if os.access(path, os.R_OK) else "files that may not be read"
    except OSError as error:
        return f"names that cannot be looked up ({error.strerror})"
    if path.is_dir():
        return "folders with the name of a file"
    return "broken links" if path.is_symlink() else "pipes or devices"


def find_folder(root: Path, holds: Callable[[Path], bool], usual: str) -> Path | None:
    """Look for the folder of a corpus in a root and some folders below it.

    Args:
        root: Where to look.
        holds: Whether a folder is of the corpus.
        usual: Name that the folder usually has, which goes before others.

    Returns:
        The folder; None if there is none.

    Raises:
        CorpusError: If the root cannot be read, or several folders at one depth may be meant.
    """
    entries(root)  # unlike those below it, it has to be readable
    for level in _levels(root, usual):
        found = [folder for folder in level if holds(folder)]
        if len(found) > 1:
            raise CorpusError(
                f"{root} has several folders that the corpus may be in: "
                f"{some(map(str, found))}. Say which: data.root=FOLDER"
            )
        if found:
            return found[0]
    return None


def _levels(root: Path, usual: str) -> Iterator[list[Path]]:
    """Folders of the usual name in a root, the root, and so on below it."""
    seen, level = 0, [root]
    for _ in range(DEPTH):
        below = list(islice(chain.from_iterable(map(_folders, level)), MOST - seen))
        seen += len(below)
        yield [path for path in below if path.name.lower() == usual]
        yield level
        level = below
    yield level


def _folders(folder: Path) -> Iterable[Path]:
    try:
        return [path for path in entries(folder) if path.is_dir()]
    except (CorpusError, OSError):
        return ()


def contents(folder: Path) -> str:
    """What a folder holds, as a part of a sentence for somebody who expected something else."""
    if not folder.is_dir():
        return "is a file" if folder.exists() else "does not exist"
    names = [f"{path.name}/" if path.is_dir() else path.name for path in entries(folder)]
    return f"holds {some(names)}" if names else "is empty"
