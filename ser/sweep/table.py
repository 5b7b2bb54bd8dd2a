"""The table of a sweep at its end: a line for each run, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ser.report import compare_runs, draw_if_outdated
from ser.sweep.plan import PlannedCell, runs_of
from ser.sweep.selection import select
from ser.sweep.state import state_of


def show_sweep(cells: Sequence[PlannedCell]) -> list[PlannedCell]:
    """Show the figures of every run, name the cells that failed, and draw what jobs did not.

    Args:
        cells: What the sweep was to fill.

    Returns:
        The cells that are not done.
    """
    runs = runs_of(cells)
    for run in runs.values():
        draw_if_outdated(run)
    console = Console()
    console.print(compare_runs({**runs, **_selected(list(runs.values()))}))
    lacking = []
    for cell in cells:
        state = state_of(cell.folder)
        if state.word != "done":
            lacking.append(cell)
            seed = f" seed {cell.seed}" if cell.seed else ""
            line = f"{state.word}: {cell.title} fold {cell.fold}{seed}: {state.error}".rstrip(": ")
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    return lacking


def _selected(folders: list[Path]) -> dict[str, Path]:
    """Choose among runs with inner folds, if there are any."""
    found = select(folder for folder in folders if (folder / "identity.json").exists())
    return {f"SELECTED within folds: {f.parents[2].name}, cv={f.parent.name}": f for f in found}
