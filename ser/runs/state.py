"""One fold at one seed, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ser.runs.kept import kept_cells, kept_facts
from ser.runs.layout import read_failure

CELL = re.compile(r"fold-(\d+)/seed-(-?\d+)")
STATES = ("finished", "failed", "unfinished", "missing")


@dataclass(frozen=True)
class CellState:
    """Where one fold at one seed stands.

    Args:
        fold: Fold, counted from 0.
        seed: Seed of the training.
        folder: Where it keeps its files.
        state: One of ``STATES``.
        error: The line that says why a failed cell failed.
    """

    fold: int
    seed: int
    folder: Path
    state: str
    error: str = ""


def cells_in(run: Path) -> list[CellState]:
    """List the cells of a run that were started, in the order of their folders."""
    folders = [folder for folder in run.glob("fold-*/seed-*") if folder.is_dir()]
    folders += [run / name for name in kept_cells(run)]
    states = (_state(folder) for folder in sorted(folders))
    return [state for state in states if state]


def _state(folder: Path) -> CellState | None:
    match = CELL.fullmatch(f"{folder.parent.name}/{folder.name}")
    if not match:
        return None
    fold, seed = int(match[1]), int(match[2])
    if (folder / "done").exists() or kept_facts(folder):
        return CellState(fold, seed, folder, "finished")
    if error := read_failure(folder):
        return CellState(fold, seed, folder, "failed", error)
    return CellState(fold, seed, folder, "unfinished")
