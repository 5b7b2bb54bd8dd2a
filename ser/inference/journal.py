"""Answers that are kept as they come, so that a command which was stopped goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ser.errors import RunError, storage_errors
from ser.inference.answers import Answer
from ser.runs.marker import digest
from ser.system.kernel import kernel_lock

SUFFIX = ".partial"
SEAL = "seal"  # of a line: a digest of what else it holds


class Journal:
    """A file with a line for each recording that was judged; ``journal`` opens it.

    Args:
        path: The file.
        file: The same, open for reading and writing.
        settings: What decides the answers; plain values.

    Raises:
        RunError: If it was begun with other settings.
    """

    def __init__(self, path: Path, file: BinaryIO, settings: Mapping[str, Any]) -> None:
        self.path, self.file = path, file
        self.places: dict[str, int] = {}  # of the line of each recording
        self.stamps: dict[str, Any] = {}
        self.parts: dict[str, tuple[Any, list[int]]] = {}  # of recordings that are half judged
        self._read(dict(settings))

    def has(self, source: Path) -> bool:
        """Whether a recording was judged, and was not changed since."""
        name = str(source)
        return name in self.places and self.stamps[name] == _stamp(source)

    def begun(self, source: Path) -> list[Answer]:
        """Answers on windows of a recording that an earlier start was stopped in."""
        stamp, places = self.parts.get(str(source), (None, []))
        if not places or stamp != _stamp(source):
            return []
        return [answer for place in places for answer in self._at(place, "part")]

    def add_part(self, source: Path, answers: Sequence[Answer]) -> None:
        """Keep answers on the next windows of a recording."""
        name, stamp = str(source), _stamp(source)
        self._note_part(name, stamp, self.file.seek(0, os.SEEK_END))
        content = [answer.content() for answer in answers]
        self._write({"name": name, "stamp": stamp, "part": content})

    def add(self, source: Path, answers: Sequence[Answer]) -> None:
        """Keep the answers on a recording; of one that failed, for this start alone."""
        name, failed = str(source), any(answer.error for answer in answers)
        self.parts.pop(name, None)
        self.stamps[name] = None if failed else _stamp(source)
        self.places[name] = self.file.seek(0, os.SEEK_END)
        content = [answer.content() for answer in answers]
        self._write({"name": name, "stamp": self.stamps[name], "answers": content})

    def answers(self, sources: Sequence[Path]) -> Iterator[Answer]:
        """Give the answers on recordings, in their order."""
        for source in sources:
            yield from self._at(self.places[str(source)], "answers")

    def _at(self, place: int, what: str) -> list[Answer]:
        self.file.seek(place)
        return [Answer(**each) for each in json.loads(self.file.readline())[what]]

    def _note_part(self, name: str, stamp: Any, place: int) -> None:
        """Keep the place of a part; those of a recording that was changed since are left."""
        before, places = self.parts.get(name, (stamp, []))
        self.parts[name] = (stamp, [*(places if before == stamp else []), place])

    def _read(self, settings: dict[str, Any]) -> None:
        """Read what an earlier start left, up to a line that is unfinished or was changed."""
        self.file.seek(0)
        lines, end = iter(self.file.readline, b""), 0
        for line in lines:
            content = _parsed(line)
            if content is None:
                break
            if end == 0:
                self._compare(content.get("settings"), settings)
            elif "part" in content:
                self._note_part(content["name"], content["stamp"], end)
            else:
                self.places[content["name"]], self.stamps[content["name"]] = end, content["stamp"]
                self.parts.pop(content["name"], None)
            end += len(line)
        self.file.truncate(end)
        self.file.seek(end)
        if end == 0:
            self._write({"settings": settings})

    def _compare(self, found: Any, settings: dict[str, Any]) -> None:
        known = found if isinstance(found, dict) else {}
        changed = [name for name in settings if known.get(name) != settings[name]]
        if changed or not isinstance(found, dict):
            raise RunError(
                f"{self.path} holds answers of a start with another {' and '.join(changed)}. Give "
                "the same as then to go on, or remove that file to begin anew."
            )

    def _write(self, content: Mapping[str, Any]) -> None:
        with storage_errors(self.path):
            sealed = {**content, SEAL: digest(content)}
            self.file.write(json.dumps(sealed).encode() + b"\n")
            self.file.flush()


@contextmanager
def journal(path: Path, settings: Mapping[str, Any]) -> Iterator[Journal]:
    """Open a journal, or go on with one; whoever has finished with it removes its file.

    Args:
        path: Its file, which is made if it does not exist.
        settings: What decides the answers; plain values.

    Raises:
        RunError: If another process writes to it, or it was begun with other settings.
        StorageError: If it cannot be written.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            release = kernel_lock(path)
        except BlockingIOError as error:
            raise RunError(
                f"another command writes to {path} at this moment; wait for it, or choose another "
                "output."
            ) from error
        try:
            with path.open("r+b") as file:
                yield Journal(path, file, settings)
        finally:
            if release:
                release()


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        return None
    whole = isinstance(content, dict) and content.pop(SEAL, None) == digest(content)
    return content if whole else None


def _stamp(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]
