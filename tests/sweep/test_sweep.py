"""A sweep is a job for each cell, goes on when one fails, and ends with one table of its runs."""

import json
import shutil
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from sweeping import predictions, sweep, table_of, train

from ser.errors import ConfigError, RunError
from ser.runs.cell import Cell
from ser.runs.configuration import config_folder
from ser.runs.fingerprint import fingerprint, refuse_other_code
from ser.runs.names import run_name
from ser.runs.plan import Planned, read_plans, runs_of
from ser.sweep.jobs import Jobs
from ser.sweep.status import main as status


def compose_words(words):
    with initialize_config_dir(config_folder(), version_base="1.3"):
        return compose("train", words, return_hydra_config=True)


def test_each_fold_is_a_job_and_their_number_follows_the_regime(emodb):
    words = [f"data.root={emodb.root}", "data.verify=false", "fold=each"]
    grid = [[*words, "cv=speaker"], [*words, "cv=kfold", "cv.n_splits=4", "seed=1"]]
    jobs = Jobs(grid, compose_words)
    assert [job[-1] for job in jobs.words] == [f"fold={n}" for n in (0, 1, 2, 0, 1, 2, 3)]
    assert [(item.cell.fold, item.cell.seed) for item in jobs.planned()] == [
        *((n, 0) for n in range(3)),
        *((n, 1) for n in range(4)),
    ]


def test_runs_of_one_title_are_told_apart_by_their_folders():
    cells = [Planned(Cell(Path(f"runs/{cv}"), 0), "mine") for cv in ("kfold", "speaker")]
    assert runs_of(cells) == {
        "mine (runs/kfold)": Path("runs/kfold"),
        "mine (runs/speaker)": Path("runs/speaker"),
    }


def test_a_job_of_all_folds_plans_each_of_them(emodb):
    jobs = Jobs([["cv=speaker", f"data.root={emodb.root}", "data.verify=false"]], compose_words)
    assert len(jobs.words) == 1
    assert [item.cell.fold for item in jobs.planned()] == [0, 1, 2]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("model=cnn9", "model=cnn9 is unknown"),
        ("model.c=1", "model.c is no setting here"),
        ("seed=abc", "seed='abc' must be a whole number"),
        ("fold=x", "fold=x must be all"),
        ("cv=session", "which this corpus does not have"),
        ("model.C=-1", "model.C=-1 must be a number above 0"),
        ("model.kernel=liner", "did you mean 'linear'?"),
    ],
)
def test_a_job_that_cannot_begin_is_left_out_and_the_others_are_not(bad, reason, emodb):
    words = ["cv=speaker", f"data.root={emodb.root}", "data.verify=false", "model=svm", "fold=1"]
    jobs = Jobs([[*words, bad], words], compose_words)
    assert jobs.words == [words]
    assert [reason in str(refused) for refused in jobs.refused.values()] == [True]


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (["data.root={}"], ["data.root={}/wav"], r"data\.root=\S+ and data\.root=\S+/wav"),
        (["name=mine"], ["name=mine", "cv.n_splits=3"], r"cv\.n_splits=2 and cv\.n_splits=3"),
    ],
)
def test_two_runs_of_a_sweep_in_one_folder_are_refused(one, other, shown, emodb):
    plain = [f"data.root={emodb.root}", "data.verify=false", "cv=kfold", "cv.n_splits=2"]
    grid = [[*plain, *(word.format(emodb.root) for word in words)] for words in (one, other)]
    with pytest.raises(ConfigError, match=rf"{shown} have one run folder"):
        Jobs(grid, compose_words).planned()


@pytest.mark.parametrize(("ready", "runs"), [("networks", 7 * 2), ("regimes", 5)])
def test_a_ready_sweep_has_a_run_for_each_choice_and_no_name_of_its_own(ready, runs):
    cfg = compose_words([f"+sweep={ready}"])
    assert cfg.fold == "each"
    assert str(cfg.hydra.mode) == "RunMode.MULTIRUN"
    count = 1
    for values in cfg.hydra.sweeper.params.values():
        count *= len(values.split(","))
    assert count == runs
    assert run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task).name == "stratified"


@pytest.fixture(scope="module")
def swept(emodb, tmp_path_factory):
    """A sweep in which one fold fails, and the same sweep once more after the cause was removed."""
    output = tmp_path_factory.mktemp("swept")
    blocked = output / "emodb/lstm/kfold/epochs-2_splits-2/fold-01/seed-0/csv"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where the log of the training is to be a folder")
    first = sweep(emodb, output)
    error = (blocked.parent / "error.txt").read_text()
    left = sweep(emodb, output, "retry=false")
    blocked.unlink()
    return output, first, error, left, sweep(emodb, output)


def test_a_failed_cell_stops_no_other_and_the_sweep_ends_with_an_error(swept):
    _, first, error, _, _ = swept
    assert first.returncode == 1
    assert "1 of 4 jobs failed, 1 of 4 cells are not done" in first.stderr
    kind = error.splitlines()[0]
    assert kind.startswith("StorageError")
    assert "/csv" in kind
    assert "Traceback" in error
    line = "failed: emodb/lstm/kfold/epochs-2_splits-2 fold 1: "
    assert line + kind in first.stdout
    assert " 1/2 " in table_of(first.stdout)[1]


def test_a_failed_cell_can_be_left_alone(swept):
    left = swept[3]
    assert left.returncode == 1
    assert "1 of 4 cells are not done" in left.stderr


def test_the_same_command_trains_what_failed_and_nothing_else(swept):
    output, _, _, _, second = swept
    assert second.returncode == 0, second.stderr
    assert second.stderr.count("epochs, loss") == 1
    assert not list(output.rglob("error.txt"))


def test_a_sweep_that_failed_and_was_mended_equals_an_undisturbed_one(swept, emodb, tmp_path):
    assert sweep(emodb, tmp_path).returncode == 0
    assert predictions(tmp_path) == predictions(swept[0])


def test_every_run_of_a_sweep_has_a_picture_as_new_as_its_figures(swept):
    figures = list(swept[0].glob("emodb/**/metrics.json"))
    assert len(figures) == 2
    for path in figures:
        drawn = path.with_name("confusion.png")
        assert drawn.read_bytes().startswith(b"\x89PNG")
        assert drawn.stat().st_mtime_ns >= path.stat().st_mtime_ns


def test_the_status_of_a_sweep_counts_its_cells(swept, capsys):
    status([str(swept[0]), "--json"])
    lines = json.loads(capsys.readouterr().out)
    assert [(line["done"], line["failed"], line["to do"]) for line in lines] == [(2, 0, 0)] * 2
    assert len(read_plans(swept[0])) == 4


def test_the_status_is_a_table_for_people_and_holds_for_a_run_alone(
    swept, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "120")
    shutil.copytree(swept[0], tmp_path / "runs")
    run = next((tmp_path / "runs").glob("emodb/lstm/kfold/*"))
    for fold in ("fold-00", "fold-01"):
        (run / fold / "seed-0" / "done").unlink()
    (run / "fold-01" / "seed-0" / "error.txt").write_text("ValueError: nothing\n\non a machine\n")
    status([str(run)])
    printed = capsys.readouterr().out
    line = next(x for x in printed.splitlines() if "lstm/kfold" in x)
    assert line.split()[1:3] == ["1", "1"]  # failed, interrupted
    assert "fold 1 seed 0: ValueError: nothing" in printed


def test_a_folder_without_runs_has_no_status(tmp_path):
    with pytest.raises(SystemExit, match="holds neither a run nor the plan of a sweep"):
        status([str(tmp_path)])


def test_queued_jobs_do_not_run_edited_code_unnoticed():
    refuse_other_code(None)
    refuse_other_code("any")
    refuse_other_code(fingerprint())
    with pytest.raises(
        RunError, match=rf"queued with code 0123, and the code here is {fingerprint()}"
    ):
        refuse_other_code("0123")


@pytest.mark.parametrize(
    "stray",
    [{"SLURM_NTASKS": "4", "SLURM_JOB_NAME": "x"}, {"SLURM_PROCID": "2", "SLURM_LOCALID": "2"}],
    ids=["tasks", "rank"],
)
def test_stray_variables_of_slurm_neither_crash_nor_silence_a_job(stray, emodb, tmp_path):
    words = ["cv=kfold", "cv.n_splits=3", "fold=0", "trainer=cpu", "trainer.max_epochs=1"]
    words += ["model=lstm", f"data.root={emodb.root}", "data.verify=false", f"output={tmp_path}"]
    found = train(*words, **{"SLURM_JOB_ID": "7", "SLURM_NTASKS": "1", **stray})
    assert found.returncode == 0, found.stderr
    assert "pooled" in found.stdout
    assert list(tmp_path.rglob("metrics.csv"))
