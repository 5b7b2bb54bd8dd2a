"""Which runs are found, and where each of their folds stands."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from marking import mark_again, mark_as_once

from ser.errors import DamageError, RunError
from ser.report.write import write_report
from ser.runs.reading import find_runs


def as_kept_once(run):
    """Make a run what earlier versions kept of it: one table, and facts and markers alone."""
    find_runs([run])[0].predictions.to_csv(run / "predictions.csv", index=False)
    for path in run.glob("fold-*/seed-*/*"):
        if path.name not in ("done", "environment.json"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return mark_as_once(run)


def states(run):
    return {(cell.fold, cell.seed): cell.state for cell in run.cells}


def test_one_missing_and_one_failed_fold_are_both_told(write_run):
    run = write_run(missing=[1], failed={2: "ValueError: nan in loss\nmore\n"})
    found = find_runs([run])[0]
    assert list(states(found).values()) == ["done", "to do", "failed", "done"]
    assert [cell.error for cell in found.lacking] == ["", "ValueError: nan in loss"]
    assert not found.complete


def test_of_a_traceback_the_line_that_says_something_is_shown(write_run):
    error = "Traceback (most recent call last):\n  File x\nOSError: disk is full\n\n"
    assert find_runs([write_run(failed={0: error})])[0].lacking[0].error == "OSError: disk is full"


def test_a_fold_that_failed_once_and_finished_later_is_finished(write_run):
    run = write_run()
    (run / "fold-01" / "seed-0" / "error.txt").write_text("boom")
    assert find_runs([run])[0].complete


def test_a_fold_of_one_seed_alone_is_missing_from_the_other(write_run):
    run = write_run(seeds=[0, 1])
    shutil.rmtree(run / "fold-02" / "seed-1")
    assert [(c.fold, c.seed, c.state) for c in find_runs([run])[0].lacking] == [(2, 1, "to do")]


def test_kept_evidence_has_predictions_of_all_folds_in_one_table(write_run):
    run = write_run()
    before = find_runs([run])[0].predictions
    found = find_runs([as_kept_once(run)])[0]
    assert found.complete
    assert found.predictions["prediction"].tolist() == before["prediction"].tolist()


def test_a_fold_that_the_table_of_kept_evidence_lacks_is_damaged(write_run):
    run = as_kept_once(write_run())
    table = pd.read_csv(run / "predictions.csv", dtype=str)
    table[table["fold"] != "2"].to_csv(run / "predictions.csv", index=False)
    (lost,) = find_runs([run])[0].lacking
    assert lost.state == "damaged"
    assert lost.error.startswith("predictions.csv has no rows of fold 2 at seed 0; ")


def test_a_cell_of_another_configuration_is_damaged_and_the_others_count(write_run):
    run = write_run()
    other = write_run("emodb/lstm/speaker")
    shutil.rmtree(run / "fold-03")
    shutil.copytree(other / "fold-03", run / "fold-03")
    found = find_runs([run])[0]
    assert list(states(found).values()) == ["done", "done", "done", "damaged"]
    assert "fold-03/seed-0/done is of another configuration" in found.lacking[0].error
    assert set(found.predictions["fold"]) == {0, 1, 2}


def test_folders_that_overlap_give_each_run_once(write_run):
    run = write_run()
    write_run("emodb/lstm/speaker")
    names = [str(found.name) for found in find_runs([run, run.parents[2], run.parents[1]])]
    assert names == ["emodb/cnn1d/speaker", "emodb/lstm/speaker"]


def test_a_run_that_does_not_say_what_it_is_of_hides_no_other(write_run, tmp_path):
    whole, lost = write_run(), write_run("emodb/lstm/speaker")
    (lost / "identity.json").write_text("[]")
    with pytest.raises(DamageError, match="holds no settings"):
        find_runs([whole, lost])
    with pytest.raises(DamageError, match=r"identity\.json .* holds no settings"):
        write_report([lost], tmp_path / "report")
    with pytest.raises(DamageError, match=r"holds no settings.* report of 1 run is in .*report"):
        write_report([whole, lost], tmp_path / "report")
    assert "emodb/cnn1d/speaker" in (tmp_path / "report" / "report.md").read_text()


def test_a_run_within_the_folder_of_another_is_a_run_of_its_own(write_run):
    write_run("emodb/cnn1d/speaker/model.learning_rate=0.1")
    outer = write_run("emodb/cnn1d/speaker")
    names = [found.name.variant for found in find_runs([outer])]
    assert names == ["", "model.learning_rate=0.1"]


def test_a_folder_that_was_moved_is_named_by_its_identity(write_run, tmp_path):
    run = write_run("emodb/cnn1d/speaker")
    moved = shutil.move(run, tmp_path / "mine")
    assert str(find_runs([moved])[0].name) == "emodb/cnn1d/speaker/mine"


def test_older_runs_take_the_number_of_folds_from_their_configuration(write_run):
    cv = {"_target_": "ser.folds.regime", "name": "stratified", "n_splits": 6}
    run = write_run("emodb/cnn1d/stratified", cv=cv)
    for path in run.glob("fold-*/seed-*/environment.json"):
        facts = {k: v for k, v in json.loads(path.read_text()).items() if k != "folds"}
        path.write_text(json.dumps(facts))
    found = find_runs([mark_again(run)])[0]
    assert found.num_folds == 6
    assert [cell.fold for cell in found.lacking] == [4, 5]


@pytest.mark.parametrize(
    ("make", "reason"),
    [(Path.mkdir, "holds no run"), (Path.touch, "is a file"), (bool, "does not exist")],
)
def test_a_folder_without_runs_is_refused(tmp_path, make, reason):
    folder = tmp_path / "nothing"
    make(folder)
    with pytest.raises(RunError, match=f"nothing {reason}; name the folder of a run"):
        find_runs([folder])
