"""The right to train a cell: one process at a time, and what died does not block the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ser.errors import RunError
from ser.runs.files import sweep_drafts
from ser.runs.layout import LOCK, WORKER
from ser.system.holders import Holder, holder_of
from ser.system.locks import HeldError, held

PATIENCE = 2.0  # s that a cell is waited for, since whoever asks about it holds it for a moment


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
    trained = False
    try:
        with held(folder / LOCK, folder / WORKER, PATIENCE):
            trained = True
            sweep_drafts(folder)
            yield
    except HeldError as error:
        if trained:  # of another place, within the block
            raise
        who = error.holder or "another process"
        raise ClaimedError(f"{folder} is being trained by {who}; it is left to it.") from error


def worker_on(folder: Path) -> Holder | None:
    """Who trains a cell at this moment; None if nobody does, or whoever did is dead.

    Args:
        folder: Folder of the cell; nothing in it is opened but the record of who works there.
    """
    return holder_of(folder / WORKER)
