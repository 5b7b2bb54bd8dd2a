"""Ask a disk whether it takes what is to be written, and bring to it what was."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

NOT_KNOWN = (errno.EINVAL, errno.ENOTSUP)  # some file systems flush files, but no folders


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk.

    Raises:
        OSError: If the disk refuses.
    """
    if os.name != "posix":
        return  # elsewhere, a folder cannot be opened
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NOT_KNOWN:
            raise
    finally:
        os.close(handle)


def try_writing(folder: Path, size: int = 2**20) -> None:
    """Write some bytes where a folder is or would be, and leave nothing behind.

    Args:
        folder: The folder, which need not exist yet.
        size: How many bytes.

    Raises:
        OSError: If that fails: a full disk, say, or one that may not be written to.
    """
    whole = folder.absolute()
    place = next(path for path in (whole, *whole.parents) if os.path.lexists(path))
    with tempfile.TemporaryFile(dir=place) as file:
        file.write(bytes(size))
