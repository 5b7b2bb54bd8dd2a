"""What a finished fold needs no more, also where the process that finished it died too early."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ser.errors import StorageError, storage_errors
from ser.runs.cell import Cell
from ser.runs.claim import ClaimedError, claim
from ser.runs.kept import is_marked
from ser.runs.layout import ALL_INNER, CHECKPOINTS, PARTS, WORKER


def remove_snapshots(folder: Path) -> None:
    """Remove what the training of a cell, or of an inner fold, was continued from.

    Args:
        folder: Its folder.
    """
    for snapshot in _snapshots(folder):
        snapshot.unlink(missing_ok=True)


def clear(cell: Cell) -> None:
    """Remove what is left in a finished cell, unless another process is about to do so.

    What the disk does not let go of stays: it harms nothing.

    Args:
        cell: A finished cell.
    """
    folders = (cell.folder, *cell.folder.glob(ALL_INNER))
    if not (cell.folder / WORKER).exists() and not any(map(_has_snapshots, folders)):
        return
    with suppress(ClaimedError, StorageError), storage_errors(), claim(cell.folder):
        if is_marked(cell.folder):  # nobody began to train it anew meanwhile
            for folder in folders:
                remove_snapshots(folder)


def _has_snapshots(folder: Path) -> bool:
    return next(_snapshots(folder), None) is not None


def _snapshots(folder: Path) -> Iterator[Path]:
    """Those of a training of one piece, and those of its parts; damaged ones are among them."""
    yield from (folder / CHECKPOINTS).glob("*.ckpt*")
    yield from (folder / PARTS).glob(f"**/{CHECKPOINTS}/*.ckpt*")
