"""Kept evidence is read as the run that it was kept of."""

import json

import pandas as pd
import pytest

from reproduce.keep import keep
from ser.errors import RunError
from ser.evaluation.design import design_of
from ser.runs.cell import Cell
from ser.runs.files import write_json, write_text
from ser.runs.kept import kept_cells, pack
from ser.runs.predictions import read_predictions, read_validation
from ser.runs.reading import find_runs
from ser.runs.record import finish, open_run
from ser.sweep.status import planned, progress

CONFIG = {
    "output": "/scratch/somebody",
    "data": {"_target_": "ser.data.EmoDBDataModule", "root": "/home/somebody", "cache": None},
    "cv": {"name": "kfold", "n_splits": 3},
}


def predictions(fold, side):
    truth = ["anger", "sadness"]
    return pd.DataFrame(
        {
            "id": [f"{side}{fold}{i}" for i in range(2)],
            "view": "original",
            "speaker": "03",
            "fold": fold,
            "seed": 0,
            "truth": truth,
            "prediction": truth[: fold + 1] * (2 - fold),
            "p_anger": [0.75, 0.25],
            "p_sadness": [0.25, 0.75],
        }
    )


@pytest.fixture
def run(tmp_path):
    """Write a run with two of three folds finished, and its figures."""
    folder = tmp_path / "runs" / "emodb" / "cnn1d" / "kfold"
    for fold in (0, 1):
        cell = Cell(folder, fold)
        open_run(folder, CONFIG)
        facts = {"seconds": 60.0 + fold, "epochs": 20, "chosen_epoch": 9, "folds": 3, "train": 4}
        finish(cell, predictions(fold, "t"), facts, predictions(fold, "v"))
        write_json(cell.folder / "folds.json", {"train": ["x"], "test": [f"t{fold}0", f"t{fold}1"]})
        write_text(cell.folder / "model.ckpt", "weights")
    whole = pd.concat([predictions(fold, "t") for fold in (0, 1)])
    write_text(folder / "predictions.csv", whole.to_csv(index=False))
    write_json(folder / "metrics.json", {})
    write_text(folder / "config.yaml", json.dumps(CONFIG))
    return folder


@pytest.fixture
def kept(run, tmp_path):
    """Keep that run, sides too; gives its folder."""
    keep(tmp_path / "runs", tmp_path / "results", sides=True)
    return tmp_path / "results" / run.relative_to(tmp_path / "runs")


def test_a_kept_run_is_a_few_files_without_weights(kept):
    assert sorted(path.relative_to(kept).as_posix() for path in kept.rglob("*")) == [
        *("cells.json", "config.yaml", "folds.json", "identity.json", "metrics.json"),
        *("predictions.csv", "validation.csv"),
    ]


def test_a_kept_run_has_the_cells_facts_and_sides_of_the_run(run, kept):
    before, after = (find_runs([folder])[0] for folder in (run, kept))
    assert after.facts == before.facts
    assert [(c.fold, c.seed, c.state) for c in after.cells] == [
        *((0, 0, "done"), (1, 0, "done"), (2, 0, "to do"))
    ]
    pd.testing.assert_frame_equal(design_of(after), design_of(before))


def test_a_kept_run_has_the_predictions_of_the_run(run, kept):
    pd.testing.assert_frame_equal(read_predictions(kept), read_predictions(run))
    pd.testing.assert_frame_equal(read_validation(kept), read_validation(run))


def test_validation_tables_are_joined_line_by_line(run, kept):
    texts = [(run / f"fold-0{fold}/seed-0/validation.csv").read_text() for fold in (0, 1)]
    assert (kept / "validation.csv").read_text() == texts[0] + texts[1].partition("\n")[2]


def test_facts_that_cells_share_are_written_once():
    cells = {"fold-00/seed-0": {"a": 1, "b": 2}, "fold-01/seed-0": {"a": 1, "b": 3, "c": 4}}
    assert pack(cells, "0123") == {
        "config": "0123",
        "shared": {"a": 1},
        "cells": {"fold-00/seed-0": {"b": 2}, "fold-01/seed-0": {"b": 3, "c": 4}},
    }


def test_a_run_that_is_not_kept_has_no_kept_cells(run):
    assert kept_cells(run) == {}


def test_evidence_does_not_say_where_things_lay(kept):
    text = (kept / "config.yaml").read_text()
    assert "somebody" not in text
    assert "name: kfold" in text


def test_status_counts_the_kept_cells_as_done(kept):
    (line,) = progress(planned([kept]))
    assert (line["done"], line["to do"]) == (2, 1)


def test_kept_evidence_is_not_trained_on(kept):
    with pytest.raises(RunError, match="is kept evidence, which holds no models to go on with"):
        open_run(kept, CONFIG)


def test_kept_cells_of_another_configuration_are_refused(kept):
    content = json.loads((kept / "cells.json").read_text())
    write_json(kept / "cells.json", {**content, "config": "0" * 16})
    with pytest.raises(RunError, match="mixes configurations: fold-00/seed-0, fold-01/seed-0"):
        find_runs([kept])


def test_a_run_that_mixes_configurations_is_not_kept(run, tmp_path):
    write_json(run / "fold-01/seed-0/done", {"config": "another"})
    with pytest.raises(RunError, match=r"mixes configurations.*fold-01"):
        keep(tmp_path / "runs", tmp_path / "results")
