"""A corpus of one's own, from files whose paths say what is in them."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from ser.corpora.listed.base import Listed, Probe
from ser.corpora.listed.columns import OPTIONAL
from ser.corpora.listed.emotions import Wanted
from ser.corpora.listed.files import Line
from ser.errors import ConfigError, CorpusError, check_choice
from ser.system.litter import is_litter
from ser.system.paths import expanded

FIELDS = ("emotion", "speaker", *OPTIONAL)
SOUND = {".wav", ".wave", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".caf"}
UNREAD = {".m4a", ".aac", ".wma", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".amr", ".sph", ".3gp"}
PIECE = re.compile(
    r"\{(?P<field>\w*)(?::(?P<width>[1-9]\d?))?\}"
    r"|(?P<deep>\*\*/?)|(?P<any>\*)|(?P<one>\?)|(?P<text>[^{}*?]+|[{}])"
)
EXAMPLE = "'data.pattern={emotion}/{speaker}_*'"


class Folders(Listed):
    """A corpus of audio files whose paths name emotion and speaker.

    Args:
        root: Folder that holds them, at any depth.
        pattern: What their paths below ``root`` look like, without the ending: ``{emotion}``,
            ``{speaker}``, ``{sentence}`` and the like stand for what is in that place,
            ``{speaker:2}`` for two letters of it, ``*`` for anything within a name, ``?`` for one
            letter, ``**`` for any folders; such as ``"{emotion}/{speaker}_*"``.
        name: What the corpus is called; None takes the name of the folder.
        emotions: As in ``Table``.
        probe: As in ``Listed``.

    Raises:
        ConfigError: If no folder is given, or the pattern does not say where emotion and speaker
            are, or names anything else.
    """

    def __init__(
        self,
        root: str | Path | None,
        pattern: str | None = None,
        name: str | None = None,
        emotions: Wanted = None,
        probe: Probe | None = None,
    ) -> None:
        if root is None:
            raise ConfigError("data=folders needs data.root=…: the folder of your audio files.")
        folder = expanded(root)
        super().__init__(folder, folder, name or folder.resolve().name, emotions, probe)
        self.pattern = _plain(pattern or "")
        self._form = _compiled(self.pattern)

    def lines(self) -> list[Line]:
        """Every audio file, with what its path says.

        Raises:
            CorpusError: If there is none, a folder cannot be read, or paths do not fit the pattern;
                names the first three.
        """
        paths = [path for path in self._files if path.suffix.lower() in SOUND]
        if not paths:
            unread = f" {self._unread}" if self._unread else ""
            raise CorpusError(
                f"no audio file below {self.root}; point data.root=… at the folder that holds your "
                f"corpus.{unread}"
            )
        found = {path: self._form.fullmatch(path.with_suffix("").as_posix()) for path in paths}
        if strange := [path.as_posix() for path, match in found.items() if match is None]:
            raise CorpusError(
                f"{len(strange)} of {len(paths)} files below {self.root} do not fit data.pattern="
                f"{self.pattern}, such as {', '.join(strange[:3])}. Write a pattern that fits all "
                "of them, or move the others away."
            )
        return [
            Line(path.as_posix(), {"path": path.as_posix(), **match.groupdict()})
            for path, match in found.items()
            if match
        ]

    @property
    def notes(self) -> tuple[str, ...]:
        """What is noted of any list, and files beside the others that are not read."""
        return (*super().notes, *([self._unread] if self._unread else []))

    @cached_property
    def _files(self) -> list[Path]:
        return sorted(_files_below(self.root))

    @property
    def _unread(self) -> str:
        """Say of how many recordings the form is not read; empty if of none."""
        endings = Counter(p.suffix.lower() for p in self._files if p.suffix.lower() in UNREAD)
        if not endings:
            return ""
        listed = ", ".join(f"{count} {ending}" for ending, count in endings.items())
        return f"Recordings of these forms are not read: {listed}; convert them to wav or flac."

    def columns(self) -> Mapping[str, str]:
        """What the pattern names, and the path."""
        return {field: field for field in ("path", *self._form.groupindex)}


def _plain(pattern: str) -> str:
    """Pattern as it is read: below the root, with slashes, without the ending of files."""
    below = pattern.replace("\\", "/").removeprefix("./").lstrip("/")
    stem, dot, ending = below.rpartition(".")
    return stem if f"{dot}{ending.lower()}" in {*SOUND, ".*"} else below


def _files_below(root: Path) -> Iterator[Path]:
    """Paths of files below a folder, without those that systems leave beside them.

    Folders elsewhere that links lead to are read as well, each once; links within the root are
    not, for what they lead to is read in its own place.

    Raises:
        CorpusError: If a folder cannot be read, in which there may be some.
    """
    whole, seen = root.resolve(), set[Path]()
    for folder, folders, names in os.walk(root, onerror=_refuse, followlinks=True):
        kept = sorted(name for name in folders if not is_litter(name))
        folders[:] = [name for name in kept if _is_new(Path(folder, name), whole, seen)]
        for name in names:
            if not is_litter(name):
                yield Path(folder, name).relative_to(root)


def _is_new(folder: Path, root: Path, seen: set[Path]) -> bool:
    """Whether a folder is to be read in this place; notes down where links have led."""
    if not folder.is_symlink():
        return True
    place = folder.resolve()
    if root.is_relative_to(place) or any(place.is_relative_to(known) for known in (root, *seen)):
        return False
    seen.add(place)
    return True


def _refuse(error: OSError) -> None:
    raise CorpusError(
        f"{error.filename} cannot be read ({error.strerror}); point data.root=… at a folder that "
        "you may read."
    ) from error


def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = list(PIECE.finditer(pattern))
    found = [match["field"] for match in pieces if match["field"] is not None]
    for field in found:
        check_choice("field of data.pattern", field, FIELDS)
        if found.count(field) > 1:
            raise ConfigError(f"data.pattern={pattern} names {{{field}}} twice; write * for one.")
    for field in ("emotion", "speaker"):
        if field not in found:
            raise ConfigError(
                f"data.pattern={pattern or 'null'} does not say where in a path the {field} "
                f"stands; write it as {EXAMPLE}. A test on new voices needs to know the speakers."
            )
    return re.compile("".join(map(_piece, pieces)))


def _piece(match: re.Match[str]) -> str:
    if match["field"]:
        often = f"{{{match['width']}}}" if match["width"] else "+?"
        return rf"(?P<{match['field']}>[^/]{often})"
    if match["deep"]:
        return "(?:.*/)?" if match["deep"].endswith("/") else ".*"
    if match["any"] or match["one"]:
        return "[^/]*" if match["any"] else "[^/]"
    return re.escape(match["text"])
