"""Files of a finished run that were edited: status and figures name them, or count the others."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from faults.nested import REMOVED, places, replaced
from fuzz.mutations import Change, changes
from fuzz.target import Target
from ser.evaluation.figures import summarise
from ser.runs.cell import Cell
from ser.runs.files import write_json, write_text
from ser.runs.marker import digest, read_identity
from ser.runs.plan import Planned, write_plan
from ser.runs.reading import find_runs
from ser.runs.record import finish, open_run
from ser.sweep.status import planned, progress

EMOTIONS = ("anger", "sadness")
SIDES = ("train", "validation", "test")
CONFIG = {
    "data": {"_target_": "ser.data.EmoDBDataModule"},
    "model": {"_target_": "ser.models.CNN1D", "hidden": 8},
    "cv": {"_target_": "ser.folds.regime", "name": "kfold", "n_splits": 3, "inner": None},
    "seed": 0,
}
CELL = "emodb/cnn1d/kfold/fold-01/seed-0"
FILES = (
    f"{CELL}/predictions.csv",
    f"{CELL}/validation.csv",
    f"{CELL}/folds.json",
    f"{CELL}/environment.json",
    f"{CELL}/done",
    "emodb/cnn1d/kfold/fold-02/seed-0/error.txt",
    "emodb/cnn1d/kfold/fold-02/seed-0/running.json",
    "emodb/cnn1d/kfold/identity.json",
    "emodb/cnn1d/kfold/config.yaml",
    "sweeps/0123456789ab.json",
)
NUMBERS = (0, -1, 1, 10**9, 2**63, 1e308, float("nan"), float("inf"), 0.5)
VALUES = st.one_of(
    st.sampled_from((*NUMBERS, None, True, "", "x", "nan", [], {}, [[]], REMOVED)), st.text()
)


@dataclass(frozen=True)
class Edit:
    """What happens to a file of a run.

    Args:
        file: Its path below the folder of runs.
        changes: Changes of its bytes.
        values: Values put into its JSON, each at the place of this number, modulo their count.
    """

    file: str
    changes: list[Change]
    values: list[tuple[int, Any]]

    def apply(self, runs: Path) -> None:
        """Make it."""
        path = runs / self.file
        content = path.read_bytes()
        with suppress(ValueError):  # no JSON, or no more after an edit before
            content = json.dumps(self._edited(json.loads(content))).encode(errors="replace")
        for change in self.changes:
            content = change.of(content)
        path.write_bytes(content)

    def _edited(self, content: dict[str, Any]) -> dict[str, Any]:
        for number, value in self.values:
            if found := places(content):
                content = replaced(content, found[number % len(found)], value)
        return content


EDITS = st.builds(
    Edit,
    st.sampled_from(FILES),
    changes(head=2000),
    st.lists(st.tuples(st.integers(0, 100), VALUES), max_size=2),
)


def write_run(folder: Path) -> None:
    """Write what trainings of two folds leave, and one that failed."""
    runs = folder / "runs"
    run = runs / "emodb" / "cnn1d" / "kfold"
    open_run(run, CONFIG)
    cells = [Cell(run, fold) for fold in range(3)]
    for cell in cells[:2]:
        _finish(cell)
    # As earlier versions marked them: the digests of files do not hide what else is checked.
    write_json(cells[1].folder / "done", {"config": digest(read_identity(run))})
    write_text(cells[2].folder / "error.txt", "ValueError: why\n\non a machine\n\nTraceback\n")
    worker = {"host": "here", "pid": 1, "since": 0.0, "job": ""}
    write_json(cells[2].folder / "running.json", worker)
    write_text(run / "config.yaml", "seed: 0\n")
    path = write_plan(runs, ["x"], [Planned(cell, "cnn1d") for cell in cells])
    path.rename(path.with_name("0123456789ab.json"))


def _finish(cell: Cell) -> None:
    sides = {side: _rows(side, cell.fold) for side in SIDES}
    columns = ["id", "view", "speaker", "emotion"]
    listed = {"cv": "kfold", "fold": cell.fold, "columns": columns, **sides}
    write_json(cell.folder / "folds.json", listed)
    facts: Any = {"seconds": 3.0, "folds": 3, "epochs": 2, "git": None, "threads": 1}
    facts |= {side: len(rows) for side, rows in sides.items()}
    tables = [_table(sides[side], cell) for side in ("test", "validation")]
    finish(cell, tables[0], facts, tables[1])


def _rows(side: str, fold: int) -> list[list[str]]:
    return [[f"{side}{fold}-{i}", "original", f"0{i % 2}", EMOTIONS[i // 2]] for i in range(4)]


def _table(rows: list[list[str]], cell: Cell) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["id", "view", "speaker", "truth"])
    table.insert(3, "fold", cell.fold)
    table.insert(4, "seed", cell.seed)
    return table.assign(prediction=EMOTIONS[0], p_anger=0.75, p_sadness=0.25)


def read(folder: Path, edits: list[Edit]) -> None:
    """Read an edited copy of the run as status and report do."""
    runs = folder / "try"
    shutil.rmtree(runs, ignore_errors=True)
    shutil.copytree(folder / "runs", runs)
    for edit in edits:
        edit.apply(runs)
    progress(planned([runs]))
    for run in find_runs([runs]):
        _ = (run.name, run.complete, run.minutes, run.config)
        if run.finished:
            summarise(run.predictions)


TARGETS = (
    Target("files of runs", st.lists(EDITS, min_size=1, max_size=2), read, prepare=write_run),
)
