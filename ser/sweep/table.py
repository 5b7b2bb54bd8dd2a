"""The table of a sweep at its end: a line for each run, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ser.errors import DamageError
from ser.report import compare_corpora, compare_runs, draw_if_outdated
from ser.runs.layout import IDENTITY
from ser.runs.plan import Planned, runs_of
from ser.runs.state import CellState, state_of
from ser.sweep.choices import table_of_choices
from ser.sweep.selection import select
from ser.system.terminal import Terminal


def show_sweep(planned: Sequence[Planned]) -> list[CellState]:
    """Show the figures of every run, name the cells that are not done, and draw what jobs did not.

    Args:
        planned: What the sweep was to fill.

    Returns:
        The states of the cells that are not done.
    """
    runs = runs_of(planned)
    terminal = Terminal()
    for run in runs.values():
        try:
            draw_if_outdated(run)
        except DamageError as error:  # the table is worth more than a picture
            terminal.say(f"damaged: {error}")
    selected = _selected(list(runs.values()))
    for folder in selected.values():
        terminal.print(table_of_choices(folder))
    terminal.print(compare_runs({**runs, **selected}))
    for table in compare_corpora(runs.values()):
        terminal.print(table)
    lacking = []
    for item in planned:
        state = state_of(item.cell)
        if state.state != "done":
            lacking.append(state)
            seed = f" seed {state.seed}" if state.seed else ""
            line = f"{state.state}: {item.title} fold {state.fold}{seed}: {state.error}"
            terminal.say(line.rstrip(": "))
    return lacking


def _selected(folders: list[Path]) -> dict[str, Path]:
    """Choose among runs with inner folds, if there are any."""
    found = select(folder for folder in folders if (folder / IDENTITY).exists())
    return {f"SELECTED within folds: {f.parents[2].name}, cv={f.parent.name}": f for f in found}
