"""Locks of the operating system, where a file system has them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

if sys.platform != "win32":
    import fcntl

BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


def kernel_lock(path: Path) -> Callable[[], None] | None:
    """Take a lock, and give what releases it; None where the file system has no locks.

    Raises:
        BlockingIOError: If another process has it.
        OSError: If the file cannot be made, or is a link.
    """
    if sys.platform == "win32":
        return _foreign_lock(path)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        if error.errno in BUSY:
            raise BlockingIOError(errno.EAGAIN, "held", str(path)) from error
        return None
    if not _is_there(path, file):  # whoever had it removed it
        os.close(file)
        raise BlockingIOError(errno.EAGAIN, "held", str(path))
    return lambda: os.close(file)


def _is_there(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _foreign_lock(path: Path) -> Callable[[], None]:
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BlockingIOError(errno.EAGAIN, "held", str(path)) from error
    return lock.release
