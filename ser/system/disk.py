"""Bring what was written to the disk, where its file system can be asked for that."""

from __future__ import annotations

import errno
import os
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
