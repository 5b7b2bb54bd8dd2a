"""Who holds a place on the disk, by a record that says so and is touched while they live."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from ser.system.reading import read_whole

BEAT = 15.0  # s between two touches of the record
LONGEST = 2**16  # bytes of a record
STALE = 180.0  # s without a touch, after which a process is taken for dead


@dataclass(frozen=True)
class Holder:
    """A process that holds a place.

    Args:
        host: Machine it runs on.
        pid: Its process number there.
        since: When it began, in seconds since 1970.
        job: Job of the cluster it belongs to, or an empty string.
    """

    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    since: float = field(default_factory=time.time)
    job: str = field(default_factory=lambda: os.environ.get("SLURM_JOB_ID", ""))

    def __str__(self) -> str:
        job = f", job {self.job}" if self.job else ""
        return f"process {self.pid} on {self.host}{job}"


def holder_of(record: Path) -> Holder | None:
    """Who holds a place by its record, which is read and nothing else; None if nobody lives."""
    found = read_record(record)
    return found if found and lives(found) and age(record) < STALE else None


def read_record(record: Path) -> Holder | None:
    """Who took a place and did not give it back; it may have died since."""
    try:
        found = Holder(**json.loads(read_whole(record, LONGEST)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    plain = isinstance(found.host, str) and type(found.pid) is int and isinstance(found.job, str)
    return found if plain else None


def lives(holder: Holder) -> bool:
    """Whether a process lives, where that can be known; those of other machines may."""
    if holder.host != socket.gethostname() or os.name != "posix":
        return True  # on Windows, to ask is to end it
    try:
        os.kill(holder.pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def age(record: Path) -> float:
    """Seconds since a record was touched."""
    try:
        return time.time() - record.stat().st_mtime
    except OSError:
        return float("inf")


@contextmanager
def beating(record: Path) -> Iterator[None]:
    """Touch a record every few seconds while the block runs."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(BEAT):
            with suppress(OSError):  # a file server that is away for a while
                os.utime(record)

    thread = Thread(target=beat, name="claim", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
