"""Files that are there whole or not at all, whenever the process or the machine stops.

A file is drafted beside its place, brought to the disk, and renamed. The name of a draft says which
process writes it, so that what a killed one left is removed, and nothing of a living one.
"""

from __future__ import annotations

import glob
import json
import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ser.errors import DamageError, storage_error
from ser.system.disk import flush
from ser.system.holders import Holder, lives
from ser.system.reading import LARGEST, read_whole

LARGEST_JSON = 2**26  # bytes, which become twenty times as many in memory
ENDS = 2**16  # bytes of the begin and of the end of a text
DRAFT = re.compile(r"~(?P<host>[^~]+)~(?P<pid>\d+)~[^~]*\.draft")


def write_bytes(path: Path, content: bytes | memoryview, *, durable: bool = True) -> None:
    """Write a file so that it is there whole or not at all.

    Args:
        path: Where.
        content: What it is to hold.
        durable: Whether its name is brought to the disk at once; else the next durable file of
            that folder brings it there. A machine that stops before then has what was there before.

    Raises:
        StorageError: If it cannot be written; what was there before is there still.
    """
    with _sentences(path), _drafted(path, content) as draft:
        draft.replace(path)
        if durable:
            flush(path.parent)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text as ``write_bytes`` does."""
    write_bytes(path, text.encode(), durable=durable)


def write_json(path: Path, content: Any, *, durable: bool = True) -> None:
    """Write JSON as ``write_bytes`` does."""
    write_text(path, _json(content), durable=durable)


def update_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text as ``write_bytes`` does, unless the file holds it: its age is its content's."""
    content = text.encode()
    with suppress(OSError):
        if read_whole(path, len(content)) == content:
            return
    write_bytes(path, content, durable=durable)


def update_json(path: Path, content: Any, *, durable: bool = True) -> None:
    """Write JSON as ``update_text`` does."""
    update_text(path, _json(content), durable=durable)


def create_json(path: Path, content: Any) -> bool:
    """Write JSON unless the file is there already; of several processes one succeeds.

    Returns:
        Whether this call wrote the file.

    Raises:
        StorageError: If it cannot be written.
    """
    if path.exists():
        return False
    with _sentences(path), _drafted(path, _json(content).encode()) as draft:
        try:
            os.link(draft, path)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            if path.exists():
                return False
            draft.replace(path)
        flush(path.parent)  # brings the new name to the disk
    return True


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        DamageError: If the file is missing, cannot be read, or is no JSON.
    """
    return parse_json(path, read_bytes(path))


def parse_json(path: Path, content: bytes) -> Any:
    """Read JSON from what a file holds.

    Raises:
        DamageError: If it is no JSON, or more than a run has.
    """
    if len(content) > LARGEST_JSON:
        raise DamageError(f"{path} has {len(content) >> 20} MB, as no such file of a run has")
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        state = "is empty" if not content.strip() else "is cut or was edited: it is no JSON"
        raise DamageError(f"{path} {state}") from error


def read_bytes(path: Path, most: int = LARGEST) -> bytes:
    """Read a file of a run.

    Args:
        path: Its path.
        most: Bytes that it has at most.

    Raises:
        DamageError: If it is missing, cannot be read, or is larger or other than a file of a run.
    """
    try:
        return read_whole(path, most)
    except FileNotFoundError as error:
        raise DamageError(f"{path} is missing") from error
    except OSError as error:
        raise DamageError(f"{path} cannot be read ({error.strerror})") from error


def read_ends(path: Path, most: int = ENDS) -> str:
    """Begin and end of a text of any size that no figure comes from, such as that of an error.

    Raises:
        DamageError: If it is missing or cannot be read.
    """
    try:
        size = path.stat().st_size
        if size <= 2 * most:
            return read_bytes(path).decode(errors="replace")
        with path.open("rb") as file:
            begin = file.read(most)
            file.seek(size - most)
            return (
                f"{begin.decode(errors='replace')}\n…\n{file.read(most).decode(errors='replace')}"
            )
    except OSError as error:
        raise DamageError(f"{path} cannot be read ({error.strerror})") from error


def stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file does; empty where there is none."""
    try:
        seen = path.stat()
    except OSError:
        return ()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def sweep_drafts(folder: Path) -> None:
    """Remove every draft in and below a folder in which no other process may write now."""
    for draft in list(folder.rglob(".*.draft")):
        if DRAFT.search(draft.name):
            draft.unlink(missing_ok=True)


def _json(content: Any) -> str:
    return json.dumps(content, indent=2) + "\n"


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        blocking = (place for place in path.parents if place.exists() and not place.is_dir())
        raise storage_error(error, next(blocking, path)) from error


@contextmanager
def _drafted(path: Path, content: bytes | memoryview) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep_dead(path)
    owner = f".{path.name}~{socket.gethostname()}~{os.getpid()}~"
    handle, name = tempfile.mkstemp(prefix=owner, suffix=".draft", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # a rename must not reach the disk before what it names
        draft.chmod(0o644)
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _sweep_dead(path: Path) -> None:
    """Remove what processes of this machine that ended have left of a file."""
    for draft in list(path.parent.glob(f"{glob.escape(f'.{path.name}~')}*.draft")):
        found = DRAFT.search(draft.name)
        if found and not lives(Holder(found["host"], int(found["pid"]))):
            with suppress(OSError):
                draft.unlink()
