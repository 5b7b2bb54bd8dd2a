"""Folders that are there whole or not at all, whenever a process ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ser.system.disk import flush

FLUSHED_AT_ONCE = 16  # files: one after the other they take twenty times as long


@contextmanager
def whole_folder(target: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give an empty folder to fill; it becomes ``target`` only if the block ends well.

    Args:
        target: The folder; those above it are made.
        replace: Whether it takes the place of what lies there, or refuses a folder with files.

    Raises:
        OSError: If the disk is full or refuses to be written to.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        draft.chmod(0o755)
        _flush(draft)
        if replace:
            _replace(draft, target)
        else:
            draft.replace(target)
        flush(target.parent)
    except BaseException:
        remove(draft)
        raise


def _replace(draft: Path, target: Path) -> None:
    """Move a folder to its place; a reader sees the old one, none, or the new one."""
    if os.path.lexists(target):
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        target.replace(old / target.name)
        _place(draft, target)
        remove(old)
    else:
        _place(draft, target)


def _place(draft: Path, target: Path) -> None:
    """Rename a draft; where another process was quicker, its folder is as whole and is kept."""
    try:
        draft.replace(target)
    except OSError:  # which number it has depends on the system
        if not target.is_dir():
            raise
        remove(draft)


def _flush(folder: Path) -> None:
    """Bring a folder to the disk, or a crash may leave a name without its content."""
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        for _ in pool.map(flush, [*folder.rglob("*"), folder]):
            pass


def remove(path: Path) -> None:
    """Remove a file or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
