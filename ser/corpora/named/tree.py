"""The files of a corpus below a root, at whatever depth an archive or a mirror has put them."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ser.corpora.folders import SUFFIXES, entries
from ser.errors import CorpusError

DEEPEST = 8  # folders below a root
MOST = 5000  # folders in all: a corpus has far fewer, a whole disk has more
# What a name is one of by its ending; mirrors compress audio that was published as wav.
KINDS = {
    **dict.fromkeys(SUFFIXES, "sounds"),
    **dict.fromkeys((".flac", ".ogg", ".mp3"), "coded"),
    ".parquet": "packed",
}


@dataclass(frozen=True)
class Tree:
    """What lies below a root.

    Args:
        sounds: Names that end as wav files do, whatever lies under them.
        coded: Names of audio that mirrors have compressed.
        packed: Parquet files, which may hold audio.
        others: Every other file, by its name in small letters; the uppermost of equal ones.
    """

    sounds: tuple[Path, ...] = ()
    coded: tuple[Path, ...] = ()
    packed: tuple[Path, ...] = ()
    others: dict[str, Path] = field(default_factory=dict)


def tree_of(root: Path) -> Tree:
    """Look through a root and the folders below it, links included, each of them once.

    Raises:
        CorpusError: If a folder cannot be read, or there are more of them than a corpus has.
    """
    found: dict[str, list[Path]] = {"sounds": [], "coded": [], "packed": []}
    others: dict[str, Path] = {}
    seen, level = set[str](), [root]
    for _ in range(DEEPEST + 1):
        if len(seen) + len(level) > MOST:
            raise CorpusError(
                f"{root} has more than {MOST} folders, as no corpus has; point data.root=… "
                "at the folder of the corpus."
            )
        below: list[Path] = []
        for folder in _new(level, seen):
            for path in entries(folder):
                if kind := KINDS.get(path.suffix.lower()):
                    found[kind].append(path)
                elif path.is_dir():
                    below.append(path)
                else:
                    others.setdefault(path.name.lower(), path)
        level = below
    return Tree(**{kind: tuple(paths) for kind, paths in found.items()}, others=others)


def _new(folders: Iterable[Path], seen: set[str]) -> list[Path]:
    """Folders that no link has led to before."""
    found = []
    for folder in folders:
        if (place := os.path.realpath(folder)) not in seen:
            seen.add(place)
            found.append(folder)
    return found


def within(paths: Sequence[Path], folder: str) -> Sequence[Path]:
    """Keep what lies in folders of a name, in any case of letters; all if none is called so."""
    kept = [path for path in paths if folder in (part.lower() for part in path.parts[:-1])]
    return kept or paths


def uppermost(paths: Sequence[Path]) -> tuple[Path, bool]:
    """Choose among files of one utterance, such as an archive holds in a folder and beside it.

    Returns:
        The one that lies uppermost, and whether the others have the same content.
    """
    if len(paths) == 1:
        return paths[0], True
    first, *others = sorted(paths, key=lambda path: (len(path.parts), path))
    return first, all(_equal(first, other) for other in others)


def _equal(first: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(first, other)  # reads them only if their sizes or times do not tell
    except OSError:  # one of them cannot be read
        return False
