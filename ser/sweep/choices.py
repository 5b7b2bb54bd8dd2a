"""What a nested choice took in each fold, as a table for the terminal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ser.runs.layout import SELECTION
from ser.system.rows import Rows


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
