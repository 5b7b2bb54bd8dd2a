"""What a run folder claims or holds costs no more time and memory than a run may."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ser.errors import DamageError
from ser.runs import files
from ser.runs.cell import Cell
from ser.runs.checks import fact_faults
from ser.runs.failure import read_failure
from ser.runs.files import read_bytes
from ser.runs.plan import read_plans
from ser.runs.reading import Run


def test_table_of_any_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "predictions.csv"
    path.write_bytes(bytes(2**20))
    monkeypatch.setattr(files, "LARGEST", 2**10)
    with pytest.raises(DamageError, match=r"predictions\.csv has 1 MB, as no such file"):
        read_bytes(path, files.LARGEST)


def test_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "done")
    with pytest.raises(DamageError, match="done is not a file"):
        read_bytes(tmp_path / "done")


def test_error_of_any_size_is_read_at_its_ends(tmp_path: Path) -> None:
    with (tmp_path / "error.txt").open("wb") as file:
        file.write(b"ValueError: why\n")
        file.truncate(200 * 2**20)
    assert read_failure(tmp_path) == "ValueError: why"


def test_line_of_an_error_is_as_long_as_somebody_reads(tmp_path: Path) -> None:
    (tmp_path / "error.txt").write_text("x" * 100_000)
    assert len(read_failure(tmp_path) or "") == 2_000


@pytest.mark.parametrize("folds", [100_001, 10**9, 2**63])
def test_facts_of_more_folds_than_there_can_be_are_damaged(folds: int, tmp_path: Path) -> None:
    faults = list(fact_faults({"seconds": 1.0, "folds": folds}, Cell(tmp_path, 0), {}))
    assert faults == [f"says that there are {folds} folds, and this is number 0"]


@pytest.mark.parametrize("splits", [10**9, "three", 2.5])
def test_configuration_of_such_folds_is_damaged(splits: object, tmp_path: Path) -> None:
    run = Run(tmp_path, {"cv.n_splits": splits, "cv.name": "kfold"})
    with pytest.raises(DamageError, match=r"cv\.n_splits is"):
        _ = run.num_folds


@pytest.mark.parametrize("change", [{"fold": "x"}, {"seed": None}, {"run": 5}, {"title": []}])
def test_plan_of_what_is_no_cell_is_damaged(change: dict[str, object], tmp_path: Path) -> None:
    cell = {"run": "a", "fold": 0, "seed": 0, "title": "a", **change}
    path = tmp_path / "sweeps" / "0123456789ab.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"words": [], "cells": [cell]}))
    with pytest.raises(DamageError, match="is not the plan of a command"):
        read_plans(tmp_path)
