"""What is read back from a run is checked first: a damaged or edited file is named, never scored.

The marker of a finished cell holds the SHA-256 of its files. Cells of earlier versions have none;
what files say of themselves and of one another is checked in every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ser.errors import DamageError, RunError
from ser.runs.cell import Cell, cell_at
from ser.runs.checks import MOST_FOLDS
from ser.runs.chosen import CANDIDATES
from ser.runs.facts import Facts
from ser.runs.kept import ANEW, is_marked, kept_run, marked_cells
from ser.runs.layout import IDENTITY, inner_name
from ser.runs.loading import Content, load
from ser.runs.marker import AGAIN, read_identity
from ser.runs.pool import refuse_pool

SELECT = "start ser.selection again"


def read_cell(folder: Path) -> Content:
    """Read what a finished cell holds.

    Args:
        folder: Folder of a cell, or of an inner fold; that of a kept cell does not exist.

    Raises:
        DamageError: If a file is missing, cut, edited, or of another cell.
    """
    cell = cell_at(folder)
    recorded, kept = read_identity(cell.run), kept_run(cell.run)
    try:
        return load(cell)
    except DamageError as error:
        remedy = ANEW if kept else SELECT if CANDIDATES in recorded else AGAIN
        raise DamageError(f"{error}; {remedy}.") from error


def damage(folder: Path) -> str:
    """What is wrong with a cell that is marked as finished, or with an inner fold within it.

    Args:
        folder: Folder of the cell.

    Returns:
        A sentence that begins with the file; empty if the cell is whole, or not finished.
    """
    cell = cell_at(folder)
    if not is_marked(folder):
        return ""
    try:
        read_cell(folder)
        for inner in range(_inner_folds(cell)):
            read_cell(folder / inner_name(inner))
    except DamageError as error:
        return str(error).removeprefix(f"{cell.run}/")
    return ""


def done_cells(run: Path) -> list[Path]:
    """Folders of the cells of a run that are finished or kept, and whole, in their order."""
    return [cell for cell in marked_cells(run) if not damage(cell)]


def damaged_cells(run: Path) -> list[str]:
    """What is wrong with each damaged cell of a run, in the order of the folders."""
    return list(filter(None, map(damage, marked_cells(run))))


def read_facts(folder: Path) -> Facts:
    """What is known of the training of a finished cell.

    Raises:
        DamageError: If the cell is damaged.
    """
    return read_cell(folder).facts


def read_predictions(run: Path) -> pd.DataFrame:
    """Predictions of every cell of a run that is done, in the order of folds and seeds.

    Raises:
        RunError: If no cell is done, or an utterance is tested more or less often than the regime
            of the run says.
    """
    cells = done_cells(run)
    if not cells:
        faults = " ".join(damaged_cells(run))
        raise RunError(f"no finished fold in {run}; run ser.train first. {faults}".strip())
    return pool(run, cells)


def pool(run: Path, folders: Sequence[Path]) -> pd.DataFrame:
    """Predictions of some cells of a run, one below the other.

    Args:
        run: Folder of the run.
        folders: Folders of the cells, at least one.

    Raises:
        RunError: If an utterance is tested more or less often than the regime of the run says.
    """
    cells = [read_cell(folder) for folder in folders]
    predictions = pd.concat([cell.predictions for cell in cells], ignore_index=True)
    refuse_pool(run, predictions, cells[0].facts.get("folds"))
    return predictions


def read_validation(run: Path) -> pd.DataFrame | None:
    """Predictions of the validation sides of every cell that is done; None if there are none."""
    tables = [read_cell(cell).validation for cell in done_cells(run)]
    found = [table for table in tables if table is not None]
    return pd.concat(found, ignore_index=True) if found else None


def _inner_folds(cell: Cell) -> int:
    """How many inner folds belong to a cell; those of kept and selected runs are elsewhere."""
    recorded = read_identity(cell.run)
    if cell.inner is not None or CANDIDATES in recorded or kept_run(cell.run):
        return 0
    inner = recorded.get("cv.inner") or 0
    if type(inner) is not int or inner > MOST_FOLDS:
        raise DamageError(f"{cell.run / IDENTITY} was edited: cv.inner is {inner!r}")
    return inner
