"""The published rows stand beside what was measured, and README shows what the evidence gives."""

import json
from pathlib import Path

import pandas as pd
import pytest
from omegaconf import OmegaConf

from reproduce import TABLES, fill, keep
from reproduce.leak import leak
from reproduce.published import table
from ser.runs.files import write_json, write_text
from ser.runs.predictions import read_predictions, to_csv

ROOT = Path(__file__).parents[2]
RUN = "emodb/cnn1d/kfold/emodb_cnn1d_augmented_kfold"


def write_run(folder: Path, right: tuple[int, ...] = (3, 2)) -> Path:
    """Write two finished folds of four predictions, so many of them right."""
    for fold, count in enumerate(right):
        cell = folder / f"fold-0{fold}" / "seed-0"
        truth = ["anger", "sadness"] * 2
        table = pd.DataFrame(
            {
                "id": [f"{fold}{i}" for i in range(4)],
                "view": "original",
                "speaker": "03",
                "fold": fold,
                "seed": 0,
                "truth": truth,
                "prediction": truth[:count] + [truth[i - 1] for i in range(count, 4)],
                "p_anger": 0.5,
                "p_sadness": 0.5,
            }
        )
        write_text(cell / "predictions.csv", to_csv(table))
        facts = {"seconds": 90.0, "epochs": 20 + fold, "folds": 10, "chosen_epoch": 20}
        write_json(cell / "environment.json", facts)
        write_json(cell / "done", {"config": "x"})
        write_text(cell / "model.ckpt", "weights")
    write_json(folder / "metrics.json", {})
    data = {"root": "/home/somebody/emodb", "cache": None, "verify": True}
    write_text(folder / "config.yaml", json.dumps({"output": "/scratch", "data": data}))
    write_text(folder / "predictions.csv", to_csv(read_predictions(folder)))
    return folder


@pytest.fixture(scope="module")
def lines(tmp_path_factory) -> dict[str, str]:
    """Rows of the table over a single run, by name."""
    results = tmp_path_factory.mktemp("results")
    write_run(results / RUN)
    rows = table(results).splitlines()[2:]
    assert len(rows) == 28
    return {row.split("`")[1]: row for row in rows}


def test_a_row_shows_mean_accuracy_folds_epochs_and_minutes(lines):
    row = lines["emodb_cnn1d_augmented_kfold"]
    assert "| 96.9 / 96.9 |" in row
    assert "62.5% /" in row
    assert "(2 of 10 folds, 20 to 21 epochs, 3 min)" in row
    assert row.endswith("| not run |")


def test_a_licensed_row_that_was_not_run_says_so(lines):
    assert lines["iemocap_lstm_kfold"].count("not run: licensed corpus") == 2


def test_steps_of_the_leak_are_in_order_and_shared_with_the_rows(tmp_path):
    write_run(tmp_path / RUN)
    rows = leak(tmp_path).splitlines()[2:]
    assert rows[0] == (
        "| published: copies are made, then rows are dealt to folds | 2 of 10 "
        "| 62.5% | 61.9% | 62.5% |"
    )
    assert [row.count("not run") for row in rows] == [0, 1, 1, 1, 1, 1]


def test_evidence_keeps_the_figures_and_leaves_the_weights(tmp_path):
    run = write_run(tmp_path / "runs" / RUN)
    assert keep(tmp_path / "runs", tmp_path / "results") == [run]
    kept = tmp_path / "results" / RUN
    pd.testing.assert_frame_equal(read_predictions(kept), read_predictions(run))
    names = {path.name for path in kept.rglob("*") if path.is_file()}
    files = {"predictions.csv", "metrics.json", "config.yaml", "environment.json", "done"}
    assert names == files


def test_evidence_does_not_tell_where_things_lay(tmp_path):
    write_run(tmp_path / "runs" / RUN)
    keep(tmp_path / "runs", tmp_path / "results")
    config = OmegaConf.load(tmp_path / "results" / RUN / "config.yaml")
    assert config == {"output": "runs", "data": {"root": None, "cache": None, "verify": True}}


def test_readme_shows_what_the_committed_evidence_gives():
    text = (ROOT / "README.md").read_text()
    assert all(f"<!-- evidence: {name} -->" in text for name in TABLES)
    assert fill(text, ROOT / "results") == text
