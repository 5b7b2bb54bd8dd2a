"""What a nested choice took in each fold, and its figures, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ser.errors import RunError
from ser.report import compare_runs
from ser.runs.layout import SELECTION
from ser.system.rows import Rows
from ser.system.terminal import Terminal


def show(selected: Sequence[Path], place: Path | None = None) -> None:
    """Print the choices and the figures of selected runs.

    Args:
        selected: Their folders.
        place: Folder that they are named as seen from.

    Raises:
        RunError: If there is none.
    """
    if not selected:
        raise RunError(
            "there are no two runs with inner folds on one corpus, regime and protocol with a "
            "finished fold in common; sweep with cv.inner=3 or the like first."
        )
    terminal = Terminal()
    for folder in selected:
        terminal.print(table_of_choices(folder))
    names = (str(folder.relative_to(place) if place else folder) for folder in selected)
    terminal.print(compare_runs(dict(zip(names, selected, strict=True))))


def table_of_choices(selected: Path) -> Rows:
    """Tabulate the candidate that each fold of a selected run took.

    Args:
        selected: Folder of the run.
    """
    choices = pd.read_csv(selected / SELECTION)
    ours = f"{selected.parents[2].name}/…/{selected.parent.name}"
    table = Rows(f"chosen within folds: {ours}")
    table.add_column("fold")
    table.add_column("candidate")
    table.add_column("inner UAR", numeric=True)
    for row in choices[choices["chosen"]].itertuples():
        table.add_row(str(row.cell), _short(str(row.candidate)), f"{row.inner_uar:.1%}")
    return table


def _short(candidate: str) -> str:
    """Name a candidate by its model and what was changed; corpus and regime are those of all."""
    _, model, _, *variant = candidate.split("/")
    return "/".join([model, *variant])
