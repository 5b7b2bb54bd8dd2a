"""Optuna chooses hyperparameters by validation, and a trial that fails does not stop it."""

from __future__ import annotations

import pytest
from omegaconf import OmegaConf
from sweeping import start as start_command
from sweeping import sweep_command

from ser.runs.predictions import from_csv, labels_of

pytest.importorskip("optuna", reason="needs Optuna: pip install '.[optuna]'")
TRIALS = ("hydra/sweeper=optuna", "hydra.sweeper.n_trials=4", "cv=kfold", "fold=all", "refit=null")


def start(emodb, output, *words):
    command = sweep_command(emodb, output, *TRIALS, *words)
    left = [w for w in command if w not in ("cv=kfold,stratified", "fold=each")]
    return start_command(left)


def test_failing_trials_do_not_stop_the_search_and_the_best_is_told(emodb, tmp_path):
    found = start(emodb, tmp_path, "model.hidden_size=choice(8,-1)", "hydra.sweeper.sampler.seed=1")
    assert found.returncode == 0, found.stderr
    results = OmegaConf.load(tmp_path / "optimization_results.yaml")
    assert results.best_params["model.hidden_size"] == 8
    assert "Failed experiment" in found.stdout + found.stderr
    (run,) = {path.parents[2] for path in tmp_path.rglob("validation.csv")}
    assert (run / "confusion.png").exists()
    cells = sorted(run.glob("fold-*/seed-*/validation.csv"))
    tables = [from_csv(cell) for cell in cells]
    labels = labels_of(tables[0])
    hits = {label: [] for label in labels}
    for table in tables:
        for truth, chosen in zip(table["truth"], table["prediction"], strict=True):
            hits[truth].append(truth == chosen)
    recalls = [sum(found) / len(found) for found in hits.values() if found]
    assert results.best_value == pytest.approx(sum(recalls) / len(recalls), abs=1e-9)


@pytest.mark.parametrize("word", ["fold=choice(0,1)", "seed=range(0,5)"])
def test_folds_and_seeds_are_no_hyperparameters(word, emodb, tmp_path):
    found = start(emodb, tmp_path, word)
    assert found.returncode == 1
    assert f"leave {word.partition('=')[0]} out of the search space" in found.stderr
