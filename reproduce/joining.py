"""Evidence that was kept before joins that of a run, where both are of one configuration.

So seeds can be trained one after the other, and on several machines.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from reproduce.lines import whole_cells
from ser.report.run_table import report
from ser.runs.checked import read_cell, read_predictions
from ser.runs.files import read_json
from ser.runs.kept import name_of
from ser.runs.layout import FIGURES, KEPT, ROBUSTNESS, SELECTION
from ser.runs.loading import Content
from ser.runs.marker import read_identity
from ser.runs.record import differing
from ser.runs.robustness import read_answers, write_answers

Cells = Mapping[str, Content]  # by their names, such as fold-03/seed-0
CELL = ["fold", "seed"]


def cells_of(run: Path) -> Cells:
    """What the finished cells of a run hold.

    Raises:
        DamageError: If one is damaged.
        RunError: If there is none, or an utterance is tested more or less often than the regime of
            the run says.
    """
    read_predictions(run)  # for what it refuses, before anything is replaced
    return {name_of(cell): read_cell(cell) for cell in whole_cells(run)}


def cells_before(run: Path, target: Path, cells: Cells) -> Cells:
    """Other cells that were kept of the configuration of a run; what was selected is kept whole.

    Args:
        run: Folder of the run.
        target: Folder of its evidence.
        cells: What the cells of the run hold.
    """
    if not (target / KEPT).exists() or (run / SELECTION).exists():
        return {}
    if differing(read_identity(target), read_identity(run)):
        return {}
    return {name: held for name, held in cells_of(target).items() if name not in cells}


def answers_of(run: Path, target: Path) -> pd.DataFrame | None:
    """Answers to other recordings of a run and of what was kept before; None unless both have some.

    Args:
        run: Folder of the run.
        target: Folder of its evidence.
    """
    old, new = (read_answers(folder, read_predictions(folder)) for folder in (target, run))
    if old is None or new is None:
        return None
    anew = pd.MultiIndex.from_frame(old[CELL]).isin(pd.MultiIndex.from_frame(new[CELL]))
    return pd.concat([old[~anew], new]).sort_values(CELL, kind="stable")


def judge_anew(target: Path, answers: pd.DataFrame | None) -> None:
    """Write figures of all cells in the place of those of a run alone.

    Args:
        target: Folder of the evidence.
        answers: Those of all cells to other recordings, if there are any.
    """
    (target / ROBUSTNESS).unlink(missing_ok=True)
    if answers is not None:
        write_answers(target, answers)
    known = read_json(target / FIGURES)
    report(target, known["run"], known["notes"], picture=False)
