"""Read files whole, none of which may be larger than such files are, nor wait for a writer."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST = 2**28  # bytes of a table


def read_whole(path: Path, most: int = LARGEST) -> bytes:
    """Read a file.

    Args:
        path: Its path.
        most: Bytes that it has at most.

    Raises:
        OSError: If it cannot be read, is larger, or is a pipe or device.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, and not a file", str(path))
        if found.st_size > most:
            raise too_large(path, found.st_size)
        content = file.read(most + 1)
    if len(content) > most:  # of a file that does not know its size, or grows
        raise too_large(path, len(content))
    return content


def too_large(path: Path, size: int) -> OSError:
    """Say that a file is larger than any such file is."""
    return OSError(errno.EFBIG, f"it has {size >> 20} MB, as no such file has", str(path))
