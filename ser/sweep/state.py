"""How far a cell is: done, running, failed, interrupted, or still to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ser.runs.claim import Worker, worker_on
from ser.runs.kept import kept_facts
from ser.runs.layout import read_facts, read_failure

STATES = ("done", "running", "failed", "interrupted", "to do")


@dataclass(frozen=True)
class State:
    """How far one fold at one seed is.

    Args:
        word: One of ``STATES``.
        error: First line of the error of a failed cell.
        seconds: What a cell that is done took.
        worker: Who trains it now.
    """

    word: str
    error: str = ""
    seconds: float = 0.0
    worker: Worker | None = None


def state_of(folder: Path) -> State:
    """Look at the folder of a cell; nothing in it is changed."""
    if (folder / "done").exists() or kept_facts(folder):
        return State("done", seconds=float(read_facts(folder)["seconds"]))
    if worker := worker_on(folder):
        return State("running", worker=worker)
    if error := read_failure(folder):
        return State("failed", error=error)
    begun = any(folder.rglob("last.ckpt")) or (folder / "folds.json").exists()
    return State("interrupted" if begun else "to do")
