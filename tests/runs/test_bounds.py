"""What a run folder claims or holds costs no more time and memory than a run may."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from omegaconf import OmegaConf, open_dict

from ser.errors import DamageError, RunError
from ser.features.seal import SEAL, fault
from ser.report.drawings.diagrams import curves_of
from ser.runs.cell import Cell
from ser.runs.checks import fact_faults
from ser.runs.contents import read_corpus
from ser.runs.failure import read_failure
from ser.runs.files import parse_json, read_bytes
from ser.runs.layout import CORPUS, CURVES, WORKER
from ser.runs.plan import Planned, read_plans, write_plan
from ser.runs.reading import Run
from ser.runs.state import CellState
from ser.system.holders import holder_of
from ser.training.build import configuration_of
from ser.training.experiment import composed
from ser.training.sealed import SealedCheckpoints

HUGE = 3 * 2**30  # bytes, of a file that takes no room on the disk


def of_any_size(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(HUGE)
    return path


def test_table_of_any_size_is_not_read(tmp_path: Path) -> None:
    path = of_any_size(tmp_path / "predictions.csv")
    with pytest.raises(DamageError, match=r"predictions\.csv cannot be read \(it has 3072 MB"):
        read_bytes(path)


def test_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "done")
    with pytest.raises(DamageError, match=r"done cannot be read \(it is a pipe"):
        read_bytes(tmp_path / "done")


def test_no_reader_of_a_run_takes_a_file_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = of_any_size(tmp_path / "file")
    cell = Cell(tmp_path, 0)
    run = Run(tmp_path, {})
    monkeypatch.setitem(run.__dict__, "finished", [CellState(cell, "done")])
    for place in (cell.folder / CURVES, tmp_path / CORPUS, tmp_path / WORKER, tmp_path / SEAL):
        place.parent.mkdir(exist_ok=True, parents=True)
        place.symlink_to(path)
    assert curves_of(run).empty
    assert read_corpus(tmp_path) is None
    assert holder_of(tmp_path / WORKER) is None
    assert fault(tmp_path, "key", []) == "seal.json is damaged"
    with pytest.raises(RunError, match="cannot be read"):
        configuration_of(path)
    with pytest.raises(RunError, match="is damaged, or belongs to another"):
        SealedCheckpoints("owner").load_checkpoint(path)


def test_json_that_would_fill_the_memory_is_not_parsed() -> None:
    with pytest.raises(DamageError, match=r"done has 64 MB, as no such file of a run has"):
        parse_json(Path("done"), b"[" * (2**26 + 1))


def test_configuration_that_repeats_itself_is_refused_at_once(tmp_path: Path) -> None:
    lines = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    path = tmp_path / "config.yaml"
    path.write_text("\n".join(["a0: &a0 [x]", *lines]))
    with pytest.raises(RunError, match="it repeats parts of itself"):
        configuration_of(path)


@pytest.mark.parametrize(
    "data",
    [
        "{_target_: os.system, command: touch ran}",
        "{_target_: ser.data.EmoDBDataModule, root: {_target_: subprocess.Popen, args: touch}}",
        "{_target_: ser.features.store.os.system, command: touch ran}",
        "{_target_: torch.load, f: ran}",
        "{_target_: ser.data.EmoDBDataModule, root: [{_target_: builtins.exec, _args_: [1]}]}",
    ],
)
def test_configuration_of_a_run_calls_nothing_but_parts_of_a_training(
    data: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"data: {data}\n")
    with pytest.raises(RunError, match="which is no class of a training, and what a run folder"):
        configuration_of(path)


@pytest.mark.parametrize("model", ["cnn1d", "fusion", "svm"])
@pytest.mark.parametrize("more", ["augment=all", "logger=mlflow"])
def test_configuration_that_a_training_wrote_is_read(model: str, more: str, tmp_path: Path) -> None:
    cfg = composed([f"model={model}", more, "cv=predefined"])
    with open_dict(cfg):
        del cfg["hydra"]
    path = tmp_path / "config.yaml"
    path.write_text(OmegaConf.to_yaml(cfg, resolve=True))
    assert configuration_of(path) == cfg


def test_corpus_of_fields_of_any_length_is_not_read(tmp_path: Path) -> None:
    (tmp_path / CORPUS).write_text(f"id,x\na,{'x' * 200_000}\n")
    assert read_corpus(tmp_path) is None


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


def test_a_command_line_of_any_bytes_is_planned(tmp_path: Path) -> None:
    cell = Cell(tmp_path / "run\udcff", 0)
    write_plan(tmp_path, ["output=\udcff"], [Planned(cell, "a run")])
    assert [planned.cell for planned in read_plans(tmp_path)] == [cell]
