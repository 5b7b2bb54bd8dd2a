"""The candidates of a selected run, which keep the models that it has none of itself."""

from __future__ import annotations

from pathlib import Path

from ser.runs.cell import cell_folders
from ser.runs.files import read_json
from ser.runs.layout import FACTS, MODEL
from ser.runs.marker import read_identity
from ser.runs.names import name_of

CANDIDATES = "selected.from"  # in the identity of a selected run: what its candidates are called
CHOSEN = "selected"  # in the facts of a cell of it: the candidate that was chosen there


def candidates_of(run: Path) -> list[Path]:
    """Folders of the candidates that a selected run was chosen from; none of any other run.

    Raises:
        DamageError: If the identity of the run is missing or damaged.
    """
    return [root_of(run) / name for name in read_identity(run).get(CANDIDATES, ())]


def trained_cell(cell: Path) -> Path:
    """Folder that a cell was trained in: of a selected run that of the candidate chosen there.

    Args:
        cell: Folder of a finished cell, such as ``runs/emodb/selected/speaker/a/fold-03/seed-0``.

    Raises:
        DamageError: If the facts of a cell without a model, or the identity of a selected run, are
            damaged.
    """
    if (cell / MODEL).is_file() or not (cell / FACTS).exists():
        return cell  # a selected run holds no model
    facts = read_json(cell / FACTS)
    name = facts.get(CHOSEN) if isinstance(facts, dict) else None
    if not isinstance(name, str):
        return cell
    run = cell.resolve().parents[1]
    return root_of(run) / name / cell.resolve().relative_to(run)


def models_of(run: Path) -> list[Path]:
    """Model files of the cells of a run that have one, in the order of the cells.

    Raises:
        DamageError: As for ``trained_cell``.
    """
    models = [trained_cell(cell) / MODEL for cell in cell_folders(run)]
    return [model for model in models if model.is_file()]


def root_of(run: Path) -> Path:
    """Folder of all runs that a run lies below; of a run that was moved, as far up as there is.

    Raises:
        DamageError: If the identity of the run is missing or damaged.
    """
    depth, above = len(Path(str(name_of(run, read_identity(run)))).parts), run.resolve().parents
    return above[min(depth, len(above)) - 1]
