"""One process at a time, on every file system, and what died is in nobody's way.

Whoever holds a place has a kernel lock, which ends with the process however that ends, and beside
it a small record of who that is, touched every few seconds. Where a file system has no locks, or
does not carry them from one machine to another, that record is the lock: it is made by one process
alone, and its age and number tell the living from the dead.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from ser.system.holders import STALE, Holder, age, beating, lives, read_record
from ser.system.kernel import kernel_lock

POLL = 0.1  # s between two looks at a lock that somebody holds
WORDS = 5.0  # s after which somebody who waits reads for whom
WRITING = 5.0  # s that a record without content may be in the making


class HeldError(Exception):
    """Another process holds a place, and held it as long as somebody was willing to wait.

    Args:
        place: File of the lock.
        holder: Who it is; None where nothing says so.
    """

    def __init__(self, place: Path, holder: Holder | None) -> None:
        super().__init__(f"{place} is held by {holder or 'another process'}")
        self.holder = holder


@contextmanager
def held(
    lock: Path, record: Path, patience: float, waiting: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold a place while the block runs.

    Args:
        lock: File of the kernel lock.
        record: File that says who holds it.
        patience: Seconds to wait for another process.
        waiting: Takes the sentence that says for whom this process waits.

    Raises:
        HeldError: If another process holds it for longer.
        OSError: If the folder cannot be written to.
    """
    release = _wait(lock, record, patience, waiting)
    try:
        with beating(record):
            yield
    finally:
        try:
            record.unlink(missing_ok=True)
        finally:
            release()


def _wait(
    lock: Path, record: Path, patience: float, waiting: Callable[[str], None] | None
) -> Callable[[], None]:
    begin, said = time.monotonic(), waiting is None
    while True:
        try:
            return _take(lock, record)
        except HeldError as error:
            waited = time.monotonic() - begin
            if waited >= patience:
                raise
            if waiting and not said and waited >= WORDS:
                said = True
                waiting(f"waiting: {error}.")
            time.sleep(POLL)


def _take(lock: Path, record: Path) -> Callable[[], None]:
    """Take a place, and give what gives it back.

    Raises:
        HeldError: If another process holds it.
    """
    try:
        release = kernel_lock(lock)
    except BlockingIOError as error:
        raise HeldError(lock, read_record(record)) from error
    try:
        _write_record(record, locked=release is not None)
    except BaseException:
        if release:
            release()
        raise
    return release or (lambda: None)


def _write_record(record: Path, *, locked: bool) -> None:
    """Say who holds a place, if nobody alive does."""
    other = read_record(record)
    if other and _in_the_way(record, other, locked):
        raise HeldError(record, other)
    if other is None and not locked and age(record) < WRITING:
        raise HeldError(record, None)  # somebody alive made it a moment ago, and is writing it
    if os.path.lexists(record):
        _put_away(record, other, locked)
    content = json.dumps(asdict(Holder()))
    try:
        file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise HeldError(record, read_record(record)) from error
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(content)


def _put_away(record: Path, other: Holder | None, locked: bool) -> None:
    """Remove the record of a dead process; of several that do so at once, one does."""
    aside = record.with_name(f".{record.name}~{socket.gethostname()}~{os.getpid()}~.draft")
    with suppress(FileNotFoundError):
        record.rename(aside)
        if not locked and read_record(aside) != other:  # somebody alive was quicker
            with suppress(OSError):
                os.link(aside, record)
        aside.unlink()


def _in_the_way(record: Path, other: Holder, locked: bool) -> bool:
    """Whether a record is of a living process, though its lock is not seen here."""
    if other.job and other.job == os.environ.get("SLURM_JOB_ID"):
        return False  # this very job, before the cluster took it off and queued it again
    if other.host == socket.gethostname() and locked:
        return False
    return lives(other) and age(record) < STALE
