"""How far runs are: what was asked for is counted, and what failed can be forgotten."""

import json

import pytest

from ser.errors import RunError
from ser.runs.cell import Cell
from ser.runs.claim import claim
from ser.runs.files import write_text
from ser.runs.plan import Planned, asked_of, read_plans, write_plan
from ser.runs.reading import find_runs
from ser.sweep.status import main as status
from tests.report.conftest import write_below

FAILED = {1: "ConfigError: model.dropuot is no argument\n"}


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def lines(runs, capsys):
    """Give the status of all runs, as programs read it."""

    def read():
        status([str(runs), "--json"])
        return json.loads(capsys.readouterr().out)

    return read


def ask(runs, run, *folds, words=("fold=0",)):
    planned = [Planned(Cell(run, fold), run.relative_to(runs).as_posix()) for fold in folds]
    return write_plan(runs, words, planned)


def counts(line):
    return {key: line[key] for key in ("done", "failed", "to do", "not asked for")}


def test_folds_that_nobody_asked_for_are_not_to_do(runs, lines):
    run = write_below(runs, missing=[1, 2, 3])
    ask(runs, run, 0, 2)
    assert [counts(line) for line in lines()] == [
        {"done": 1, "failed": 0, "to do": 1, "not asked for": 2}
    ]
    states = {cell.fold: cell.state for cell in find_runs([run])[0].lacking}
    assert states == {1: "not asked for", 2: "to do", 3: "not asked for"}


def test_a_run_of_which_nothing_is_written_down_was_asked_for_as_a_whole(runs, lines):
    write_below(runs, missing=[1, 2, 3])
    assert counts(lines()[0]) == {"done": 1, "failed": 0, "to do": 3, "not asked for": 0}


def test_a_run_that_does_not_say_what_it_is_of_hides_no_other(runs, capsys):
    write_below(runs)
    lost = write_below(runs, "emodb/lstm/speaker")
    ask(runs, lost, 0)
    (lost / "identity.json").write_text("[]")
    with pytest.raises(SystemExit, match=r"^error: .*identity\.json was edited: it holds no"):
        status([str(runs)])
    said = capsys.readouterr().out
    assert "emodb/cnn1d/speaker" in said
    assert "emodb/lstm/speaker" in said


def test_a_folder_whose_runs_are_all_lost_hides_no_other(runs, tmp_path, capsys):
    write_below(runs)
    lost = write_below(tmp_path / "elsewhere")
    (lost / "identity.json").write_text("[]")
    for folders in ([runs, lost], [lost, runs]):
        with pytest.raises(SystemExit, match=r"^error: .*elsewhere.*identity\.json was edited"):
            status([*map(str, folders)])
        assert "emodb/cnn1d/speaker" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"^error: .*elsewhere.*identity\.json was edited"):
        status([str(lost)])
    assert capsys.readouterr().out == ""


def test_what_several_commands_asked_for_adds_up(runs):
    run = write_below(runs, missing=[1, 2, 3])
    ask(runs, run, 0)
    ask(runs, run, 1, words=("fold=1",))
    assert asked_of(run) == {(0, 0), (1, 0)}


def test_a_damaged_plan_is_named(runs):
    run = write_below(runs)
    path = ask(runs, run, 0)
    path.write_text(path.read_text()[:-9])
    with pytest.raises(RunError, match=rf"{path.name} is not the plan of a command"):
        read_plans(runs)


def test_a_folder_of_that_name_with_other_files_is_no_plan(runs):
    run = write_below(runs)
    (runs / "sweeps").mkdir()
    (runs / "sweeps" / "notes.json").write_text("[]")
    assert asked_of(run) == set()


def test_a_run_that_leaks_says_so(runs, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    write_below(runs, protocol="published", shuffle_labels=True)
    write_below(runs, "emodb/lstm/speaker")
    status([str(runs)])
    shown = capsys.readouterr().out
    assert shown.count("[published (LEAKS), SHUFFLED LABELS]") == 1


@pytest.mark.parametrize("columns", ["40", "80"])
def test_the_name_of_a_run_can_be_copied_from_any_terminal(columns, runs, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    run = runs / "emodb/cnn1d/speaker/batch-16_data.sentences-1_dropout-0.25_lr-1e-4"
    ask(runs, run, 0, 1)
    status([str(runs)])
    assert run.relative_to(runs).as_posix() in capsys.readouterr().out


def test_failed_cells_are_forgotten_and_nothing_else(runs, lines, capsys):
    run = write_below(runs, failed=FAILED, unfinished=[2], missing=[3])
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    ask(runs, run, 0, 1, 2)
    status([str(runs), "--forget", "--yes"])
    shown = capsys.readouterr().out
    assert f"{run}/fold-01/seed-0: ConfigError: model.dropuot" in shown
    assert "Removed: 1 of 1." in shown
    assert counts(lines()[0]) == {"done": 1, "failed": 0, "to do": 1, "not asked for": 2}
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == {
        path: content for path, content in before.items() if "fold-01" not in path.parts
    }


def test_a_run_that_failed_as_a_whole_leaves_nothing(runs):
    other = write_below(runs, "emodb/lstm/speaker")
    run = write_below(runs, failed=dict.fromkeys(range(4), FAILED[1]))
    (run / "corpus.csv").write_text("id\n")
    ask(runs, run, *range(4))
    status([str(runs), "--forget", "--yes"])
    assert sorted(path.name for path in (runs / "emodb").iterdir()) == ["lstm"]
    assert find_runs([other])[0].complete
    assert read_plans(runs) == []


def test_a_cell_that_failed_once_and_finished_later_stays(runs):
    run = write_below(runs)
    write_text(run / "fold-01" / "seed-0" / "error.txt", FAILED[1])
    status([str(runs), "--forget", "--yes"])
    assert find_runs([run])[0].complete


def test_a_cell_that_is_trained_again_now_stays(runs):
    run = write_below(runs, failed=FAILED)
    with claim(run / "fold-01" / "seed-0"):
        status([str(runs), "--forget", "--yes"])
    assert (run / "fold-01" / "seed-0" / "error.txt").exists()


def test_nothing_is_removed_without_an_answer(runs):
    run = write_below(runs, failed=FAILED)
    with pytest.raises(SystemExit, match="would remove 1 folder, and there is nobody to ask"):
        status([str(runs), "--forget"])
    assert (run / "fold-01" / "seed-0" / "error.txt").exists()
