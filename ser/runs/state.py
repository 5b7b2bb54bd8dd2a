"""How far a cell is: done, running, failed, damaged, interrupted, or still to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ser.runs.cell import PLACE, Cell, cell_at, cell_folders
from ser.runs.checked import damage, read_facts
from ser.runs.claim import worker_on
from ser.runs.failure import read_failure
from ser.runs.kept import is_marked, kept_cells
from ser.runs.layout import FOLDS, LAST
from ser.system.holders import Holder

STATES = ("done", "running", "failed", "damaged", "interrupted", "to do", "not asked for")


@dataclass(frozen=True)
class CellState:
    """How far one cell is.

    Args:
        cell: The cell.
        state: One of ``STATES``.
        error: Line that says why a cell failed, or what is damaged.
        seconds: Time that a cell took which is done.
        worker: Who trains it now.
    """

    cell: Cell
    state: str
    error: str = ""
    seconds: float = 0.0
    worker: Holder | None = None

    @property
    def fold(self) -> int:
        """Fold, counted from 0."""
        return self.cell.fold

    @property
    def seed(self) -> int:
        """Seed of the training."""
        return self.cell.seed

    @property
    def folder(self) -> Path:
        """Where the cell keeps its files."""
        return self.cell.folder


def state_of(cell: Cell) -> CellState:
    """Look at the folder of a cell; nothing in it is changed."""
    folder = cell.folder
    fault = damage(folder)
    if is_marked(folder) and not fault:
        return CellState(cell, "done", seconds=float(read_facts(folder)["seconds"]))
    if worker := worker_on(folder):
        return CellState(cell, "running", worker=worker)
    if fault:
        return CellState(cell, "damaged", error=fault)
    if error := read_failure(folder):
        return CellState(cell, "failed", error=error)
    begun = (folder / FOLDS).exists() or any(folder.rglob(f"{LAST}.ckpt"))
    return CellState(cell, "interrupted" if begun else "to do")


def started_cells(run: Path) -> list[CellState]:
    """State of every cell that has a folder or is kept, in the order of the folders."""
    kept = [run / name for name in kept_cells(run) if PLACE.fullmatch(name)]
    return [state_of(cell_at(folder)) for folder in sorted([*cell_folders(run), *kept])]
