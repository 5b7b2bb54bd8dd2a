"""The board shows what predictions give, compares rows that were asked the same, refuses others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reproduce.__main__ import main
from reproduce.board import robustness, tables
from reproduce.board.measured import compared, reached
from reproduce.board.row import Row, read_rows
from reproduce.board.train import main as train
from reproduce.keep import keep
from ser.errors import ConfigError, DamageError, RunError
from ser.evaluation.figures import figures
from ser.runs.files import write_text
from ser.runs.layout import FIGURES, SELECTION
from ser.runs.predictions import to_csv
from tests.reproduce.evidence import predictions, write_robustness, write_run

BASE = Row("base", "Base", "scratch", "Nothing.", ("model=svm",), reference=True)
MINE = Row("mine", "Mine", "scratch", "The epoch.", ("model=lstm",), (0, 1))
ROWS = [BASE, MINE]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Give two rows under one regime."""
    write_run(tmp_path / "board/base/emodb/svm/speaker", predictions(2))
    write_run(tmp_path / "board/mine/emodb/lstm/speaker", predictions(1, (0, 1)))
    return tmp_path


def test_every_shown_figure_follows_from_the_predictions(results, monkeypatch):
    monkeypatch.setattr(tables, "read_rows", lambda: ROWS)
    shown = {line.split("|")[1].strip(): line for line in tables.board(results).splitlines()}
    for name, table in (("Base", predictions(2)), ("Mine", predictions(1, (0, 1)))):
        found = figures(table["truth"], table["prediction"])
        assert f"**{100 * found['uar']:.1f}** [" in shown[name]
        assert f"], {100 * found['accuracy']:.1f} |" in shown[name]
    assert shown["Mine"].startswith("| Mine | 2 | – | – |")
    assert "| +25.0 (p " in shown["Mine"]
    assert shown["Base"].endswith("| – | – | – |")
    assert tables.pretrained(results) == tables.EMPTY
    assert "seed=0,1`. The epoch." in tables.rows(results)


def test_a_run_that_is_not_finished_is_left_out(results):
    table = predictions(1, (0, 1))
    half = table[(table["seed"] == 0) | (table["fold"] == 0)].reset_index(drop=True)
    write_run(results / "board/mine/emodb/lstm/speaker", half)
    assert set(reached(results, ROWS)) == {("base", "speaker")}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"protocol.scaler": "speaker"}, "cannot stand on the board: TRANSDUCTIVE"),
        ({"protocol.scaler": "all"}, "cannot stand on the board: LEAKING PROTOCOL"),
        ({"shuffle_labels": True}, "cannot stand on the board: SHUFFLED LABELS"),
    ],
)
def test_runs_that_know_what_they_must_not_are_refused(results, changes, message):
    write_run(results / "board/mine/emodb/lstm/speaker", predictions(1), **changes)
    with pytest.raises(RunError, match=message):
        reached(results, ROWS)


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (predictions(1).replace({"id": {"00": "x"}}), "mine and base do not predict the same"),
        (predictions(1, folds=3), "mine and base do not predict .* in the same folds"),
    ],
)
def test_rows_of_other_utterances_or_folds_are_refused(results, odd, message):
    write_run(results / "board/mine/emodb/lstm/speaker", odd, odd["fold"].nunique())
    with pytest.raises(RunError, match=message):
        reached(results, ROWS)


def test_two_runs_of_one_row_and_regime_are_refused(results):
    write_run(results / "board/mine/emodb/lstm/speaker/lr-1", predictions(1))
    with pytest.raises(RunError, match="has 2 runs of cv=speaker"):
        reached(results, ROWS)


def test_predictions_of_others_stand_beside_ours(results):
    foreign = replace(MINE, name="theirs", words=(), predictions="board/theirs/{cv}.csv")
    write_text(results / "board/theirs/speaker.csv", to_csv(predictions(0)))
    found = reached(results, [BASE, foreign])
    assert found["theirs", "speaker"].accuracy == pytest.approx(23 / 24)
    assert set(compared(found, [BASE, foreign])) == {("theirs", "speaker")}
    assert foreign.commands(Path("runs")) == []
    write_text(results / "board/theirs/speaker.csv", to_csv(predictions(0, (0, 1))[1:]))
    with pytest.raises(RunError, match="theirs does not predict every utterance once at each seed"):
        reached(results, [BASE, foreign])
    write_text(results / "board/theirs/speaker.csv", "id,truth\na,anger\n")
    with pytest.raises(RunError, match="lacks the columns fold, prediction, seed"):
        reached(results, [BASE, foreign])


def test_a_row_may_be_the_mean_of_others(results):
    sure = predictions(1).assign(p_anger=lambda t: (t["p_anger"] + 0.2) / 1.4)
    sure["p_sadness"] = 1 - sure["p_anger"]
    write_run(results / "board/mine/emodb/lstm/speaker", sure)
    both = Row("both", "Both", "scratch", "Nothing.", mean=("base", "mine"))
    found = reached(results, [both, *ROWS])
    mean, base = found["both", "speaker"].table, found["base", "speaker"].table
    assert set(found) == {(name, "speaker") for name in ("both", "base", "mine")}
    merged = mean.merge(base, on="id").merge(sure, on="id")
    expected = (merged["p_anger_y"] + merged["p_anger"]) / 2
    assert merged["p_anger_x"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-6)
    answers = merged["p_anger_x"].gt(0.5).map({True: "anger", False: "sadness"})
    assert (merged["prediction_x"] == answers).all()
    assert (merged["prediction_x"] == merged["prediction_y"]).all()  # of the one that is surer
    assert (merged["prediction"] != merged["prediction_y"]).any()
    assert list(mean.columns) == list(base.columns)


def test_a_mean_of_other_seeds_is_refused(results):
    both = Row("both", "Both", "scratch", "Nothing.", mean=("base", "mine"))
    with pytest.raises(RunError, match="base and mine were not asked the same at the same seeds"):
        reached(results, [both, *ROWS])


def test_what_was_selected_is_kept_and_shown_without_its_candidates(results, tmp_path):
    root = results / "board/mine/emodb"
    names = [f"emodb/svm/speaker/C-{c}" for c in (1, 2)]
    for name in names:
        write_run(results / "board/mine" / name, predictions(2), **{"cv.inner": 3})
    (root / "lstm/speaker/cells.json").unlink()
    (root / "lstm/speaker/identity.json").unlink()
    (root / "lstm/speaker" / FIGURES).unlink()
    chosen = {"cv.inner": 3, "selected.from": names}
    run = write_run(root / "selected/speaker/svm", predictions(1), **chosen)
    write_text(run / SELECTION, "cell\n")
    kept = keep(results, tmp_path / "kept")
    assert [folder.relative_to(results / "board").as_posix() for folder in kept] == [
        "base/emodb/svm/speaker",
        "mine/emodb/selected/speaker/svm",
    ]
    found = reached(tmp_path / "kept", ROWS)
    assert found["mine", "speaker"].accuracy == reached(results, ROWS)["mine", "speaker"].accuracy
    assert (tmp_path / "kept/board/mine/emodb/selected/speaker/svm" / SELECTION).exists()


def test_committed_rows_have_a_name_a_sentence_and_one_way_to_their_predictions():
    rows = read_rows()
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.sentence.endswith(".") for row in rows)
    assert all(bool(row.words) + bool(row.predictions) + bool(row.mean) == 1 for row in rows)
    assert sum(row.reference for row in rows) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- {name: a, label: A, table: x, sentence: S., reference: true}", "names the table x"),
        ("- {name: a, label: A, table: scratch, sentence: S.}", "one row as the reference"),
        (
            "- {name: a, label: A, table: scratch, sentence: S., mean: [b], reference: true}",
            "averages the row b",
        ),
        ("- &a {name: a, label: A, table: scratch, sentence: S.}\n- *a", "two rows of one name"),
    ],
)
def test_a_file_of_rows_that_is_wrong_is_refused(tmp_path, content, message):
    (tmp_path / "rows.yaml").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_rows(tmp_path / "rows.yaml")


@pytest.fixture
def three_seeds(monkeypatch):
    """Give the row of the LSTM three seeds, whatever the board has."""
    rows = [replace(row, seeds=(0, 1, 2)) if row.name == "lstm" else row for row in read_rows()]
    monkeypatch.setattr("reproduce.board.train.read_rows", lambda: rows)


@pytest.mark.usefixtures("three_seeds")
def test_commands_have_a_folder_of_their_own_a_regime_and_a_seed(capsys):
    main(["board", "--rows", "functionals-svm,lstm", "--cv", "speaker", "--list", "trainer=cpu"])
    assert capsys.readouterr().out.splitlines() == [
        "python -m ser.train -m +grid=svm features=functionals data=emodb cv=speaker seed=0 "
        "output=runs/board/functionals-svm trainer=cpu",
        *(
            f"python -m ser.train model=lstm data=emodb cv=speaker seed={seed} output=runs "
            "trainer=cpu"
            for seed in (0, 1, 2)
        ),
    ]


def test_for_the_mean_of_rows_these_are_trained(capsys):
    main(["board", "--rows", "fusion", "--cv", "speaker", "--list"])
    first, second = capsys.readouterr().out.splitlines()
    assert "model=mlp features=functionals ensemble=3 data=emodb" in first
    assert "model=cnn data=emodb" in second


@pytest.mark.usefixtures("three_seeds")
def test_a_command_that_fails_stops_no_other(monkeypatch, capsys, tmp_path):
    started = []
    monkeypatch.setattr("reproduce.board.train._start", lambda words: started.append(words) or 1)
    with pytest.raises(SystemExit, match="3 of 3 commands failed"):
        train(["--rows", "lstm", "--cv", "speaker", "--output", str(tmp_path)])
    assert len(started) == 3
    assert tables.EMPTY in capsys.readouterr().out


def test_a_row_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(ConfigError, match="--rows='lsmt' is unknown"):
        train(["--rows", "lsmt", "--list"])


def test_rows_that_were_asked_show_what_they_answer_to_other_recordings(results, monkeypatch):
    monkeypatch.setattr(robustness, "read_rows", lambda: ROWS)
    assert robustness.recordings(results) == robustness.EMPTY
    table = predictions(2)
    write_robustness(results / "board/base/emodb/svm/speaker", table)
    *_, line = robustness.recordings(results).splitlines()
    uar = 100 * figures(table["truth"], table["prediction"])["uar"]
    stays = 100 * (table["prediction"] == "anger").mean()
    assert line == f"| Base | **{uar:.1f}** | **50.0**, {stays:.0f} | – |"


def test_answers_of_other_folds_than_the_evidence_are_refused(results, monkeypatch):
    monkeypatch.setattr(robustness, "read_rows", lambda: ROWS)
    write_robustness(results / "board/base/emodb/svm/speaker", predictions(2)[1:])
    with pytest.raises(DamageError, match="of other folds than are finished"):
        robustness.recordings(results)
