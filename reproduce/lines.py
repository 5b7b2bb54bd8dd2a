"""What the tables have in common: lines of Markdown, and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ser.errors import DamageError
from ser.evaluation.figures import Summary, summarise
from ser.runs.cell import cell_at
from ser.runs.checked import damaged_cells, done_cells, read_facts, read_predictions
from ser.runs.facts import Facts
from ser.runs.kept import marked_cells


def heading(names: Sequence[str], words: int = 1) -> list[str]:
    """Two lines that begin a table.

    Args:
        names: Names of the columns.
        words: How many columns hold words; those after them hold numbers, to the right.
    """
    rule = ["---" if i < words else "---:" for i in range(len(names))]
    return [row_of(names), row_of(rule)]


def row_of(cells: Sequence[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def whole_cells(run: Path) -> list[Path]:
    """Folders of the finished cells of a run.

    Raises:
        DamageError: If one is damaged, for a table is of all that was run.
    """
    if faults := damaged_cells(run):
        raise DamageError(f"{run}: {faults[0]}")
    return done_cells(run)


def figures_of(run: Path) -> tuple[Summary, list[Facts]] | None:
    """Figures of a run, as ``summarise`` gives them, and the facts of its cells; None if not run.

    Raises:
        DamageError: If a finished cell is damaged.
    """
    facts = [read_facts(cell) for cell in whole_cells(run)]
    return (summarise(read_predictions(run)), facts) if facts else None


def folds_of(run: Path) -> str:
    """How many folds of a run with whole cells are finished, at whatever seeds: ``3 of 10``."""
    cells = marked_cells(run)
    folds = {cell_at(cell).fold for cell in cells}
    return f"{len(folds)} of {read_facts(cells[0])['folds']}"


def epochs_of(facts: Sequence[Mapping[str, Any]]) -> str:
    """Epochs that finished cells were trained for: ``20``, or ``20 to 40``."""
    epochs = sorted({fact["epochs"] for fact in facts})
    return f"{epochs[0]}" if len(epochs) == 1 else f"{epochs[0]} to {epochs[-1]}"


def minutes_of(facts: Sequence[Mapping[str, Any]]) -> str:
    """Minutes that finished cells took together."""
    return f"{sum(fact['seconds'] for fact in facts) / 60:.0f}"
