"""The right to train a cell: one process at a time, and what died does not block the next.

A claim is a kernel lock, which ends with its process however that ends, and beside it a small
record of who works there, touched every few seconds. Where a file system does not carry locks
from one machine to another, the age of that record tells the living from the dead.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Thread

from filelock import FileLock, Timeout

from ser.errors import RunError
from ser.runs.files import sweep_drafts, write_json
from ser.runs.layout import LOCK, WORKER

BEAT = 15.0  # s between two touches of the record
STALE = 180.0  # s without a touch, after which a process on another machine is taken for dead
PATIENCE = 2.0  # s that a lock is waited for, since whoever asks about it holds it for a moment


@dataclass(frozen=True)
class Worker:
    """A process that trains a cell.

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


class ClaimedError(RunError):
    """Another process trains this cell now."""


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Hold a cell while the block runs.

    Args:
        folder: Folder of the cell.

    Raises:
        ClaimedError: If another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=PATIENCE)
    try:
        lock.acquire()
    except Timeout as error:
        raise ClaimedError(_sentence(folder, read_record(folder))) from error
    try:
        record = folder / WORKER
        other = read_record(folder)
        if other and _alive_elsewhere(record, other):
            raise ClaimedError(_sentence(folder, other))
        sweep_drafts(folder)
        write_json(record, asdict(Worker()))
        try:
            with _beating(lambda: os.utime(record)):
                yield
        finally:
            record.unlink(missing_ok=True)
    finally:
        lock.release()


def worker_on(folder: Path) -> Worker | None:
    """Who trains a cell at this moment; None if nobody does, or whoever did is dead.

    Args:
        folder: Folder of the cell.
    """
    found = read_record(folder)
    if found is None:
        return None
    try:
        with FileLock(folder / LOCK, timeout=0):
            return found if _alive_elsewhere(folder / WORKER, found) else None
    except Timeout:
        return found
    except OSError:  # a folder that one may read and not write
        return found if _age(folder / WORKER) < STALE else None


def read_record(folder: Path) -> Worker | None:
    """Who began to train a cell and did not end; it may have died since."""
    try:
        return Worker(**json.loads((folder / WORKER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _alive_elsewhere(record: Path, worker: Worker) -> bool:
    """Whether a worker is alive though its lock looks free, as on a machine that keeps its own."""
    if worker.host == socket.gethostname():
        return False
    if worker.job and worker.job == os.environ.get("SLURM_JOB_ID"):
        return False  # this very job, before the cluster took it off and queued it again
    return _age(record) < STALE


def _age(record: Path) -> float:
    """Seconds since a record was touched."""
    try:
        return time.time() - record.stat().st_mtime
    except OSError:
        return float("inf")


@contextmanager
def _beating(touch: Callable[[], None]) -> Iterator[None]:
    stop = Event()

    def beat() -> None:
        while not stop.wait(BEAT):
            with suppress(OSError):  # a file server that is away for a while
                touch()

    thread = Thread(target=beat, name="claim", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _sentence(folder: Path, worker: Worker | None) -> str:
    who = worker or "another process"
    return f"{folder} is being trained by {who}; it is left to it."
