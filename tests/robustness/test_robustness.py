"""``python -m ser.robustness``: what a run answers to other recordings, and who reads it."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ser.errors import DamageError, RunError
from ser.evaluation.robustness import robustness
from ser.evaluation.stamps import Stamp
from ser.inference.origin import Origin
from ser.report.__main__ import main as report
from ser.report.sheets.robustness import robustness_sheets
from ser.robustness import job
from ser.robustness.__main__ import main
from ser.robustness.variants import VARIANTS
from ser.runs.checked import read_predictions
from ser.runs.reading import find_runs
from ser.runs.robustness import ORIGINAL, read_answers

NAMES = [ORIGINAL, *(variant.name for variant in VARIANTS)]


@pytest.fixture(scope="module")
def judged(run):
    main([str(run)])
    return run


def test_every_held_out_utterance_is_judged_in_every_recording(judged):
    predictions = read_predictions(judged)
    answers = read_answers(judged, predictions)
    assert list(answers["recording"].unique()) == NAMES
    assert (answers.groupby("recording").size() == len(predictions)).all()
    as_recorded = answers[answers["recording"] == ORIGINAL].set_index("id")["prediction"]
    assert as_recorded.to_dict() == predictions.set_index("id")["prediction"].to_dict()


def test_progress_is_that_of_the_whole_run(run, monkeypatch):
    seen = []

    def steps(items, title, total):
        seen.append((title, total))
        return items

    monkeypatch.setattr(job, "steps", steps)
    monkeypatch.setattr(job, "VARIANTS", [])
    answers = job.answers_of(run, title="emodb/svm, run 1 of 2")
    assert seen == [("emodb/svm, run 1 of 2", len(answers))]


def test_level_and_silence_change_no_answer_of_the_default_features(judged):
    stays = robustness(read_answers(judged, read_predictions(judged)))["stays"]
    assert stays["12 dB quieter"] == 1
    assert stays["1 s of silence before"] == stays["1 s of silence behind"] == 1


def test_the_report_shows_it_until_it_is_edited(judged, tmp_path, caplog):
    copy = tmp_path / "run"
    shutil.copytree(judged, copy)
    report([str(copy), "--output", str(tmp_path / "whole")])
    assert "12 dB quieter" in (tmp_path / "whole" / "report.html").read_text()
    assert "12 dB quieter" in (tmp_path / "whole" / "report.md").read_text()
    path = copy / "robustness.csv"
    path.write_text(path.read_text().replace("anger\n", "fear\n", 1))
    assert robustness_sheets(*find_runs([copy])) == []
    assert "robustness.csv is cut or was edited; start ser.robustness again" in caplog.text


def test_answers_of_other_folds_are_not_those_of_the_run(judged):
    with pytest.raises(DamageError, match="of other folds than are finished now"):
        read_answers(judged, read_predictions(judged).iloc[1:])


def test_a_recording_that_cannot_be_made_has_a_row_without_figures(run, monkeypatch, capsys):
    absent = replace(VARIANTS[1], missing="libsndfile writes no MP3")
    monkeypatch.setattr(job, "VARIANTS", (absent,))
    answers = job.answers_of(run)
    judged = robustness(answers)
    assert judged.loc[absent.name, "answers"] == 0
    assert judged["accuracy"].isna().tolist() == [False, True]


def test_without_models_or_corpus_or_run_it_says_what_to_do(run, tmp_path):
    with pytest.raises(SystemExit, match="nothing does not exist; name the folder of a run"):
        main([str(tmp_path / "nothing")])
    with pytest.raises(SystemExit, match=r"no emodb in .*Point data\.root"):
        main([str(run), "--root", str(tmp_path)])
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    for model in copy.rglob("model.ckpt"):
        model.unlink()
    with pytest.raises(SystemExit, match="train the run again in another output"):
        main([str(copy)])
    for cell in copy.glob("fold-*"):
        shutil.rmtree(cell)
    with pytest.raises(SystemExit, match=r"no finished fold; run ser\.train first"):
        main([str(copy)])


def test_the_table_of_a_corpus_is_found_where_that_was_moved(
    table_run, tmp_path, monkeypatch, capsys
):
    folder, root = table_run
    moved = shutil.copytree(root, tmp_path / "moved")
    run = shutil.copytree(folder, tmp_path / "run")
    away = root.rename(root.with_name("away"))
    monkeypatch.setattr(job, "VARIANTS", ())
    try:
        with pytest.raises(SystemExit, match=r"of the table \S+calls\.csv, which is not at \S+ or"):
            main([str(run), "--root", str(tmp_path)])
        with pytest.raises(SystemExit, match="pass the folder that it is in as --root"):
            main([str(run)])
        main([str(run), "--root", str(moved)])
    finally:
        away.rename(root)
    assert "as recorded" in capsys.readouterr().out
    assert len(read_answers(run, read_predictions(run))) == 14


@pytest.mark.parametrize("at", ["calls.csv", "lists/calls.csv"])
def test_a_table_that_lay_below_its_root_does_in_the_new_one(at, tmp_path):
    table = tmp_path / "new" / at
    table.parent.mkdir(parents=True)
    table.touch()
    data = {"root": "old", "file": "old/lists/calls.csv"}
    assert job._moved(data, str(tmp_path / "new"))["file"] == str(table)


def test_a_table_that_stayed_where_it_was_is_read_there(tmp_path):
    table = tmp_path / "calls.csv"
    table.touch()
    (tmp_path / "new").mkdir()
    moved = job._moved({"root": None, "file": str(table)}, str(tmp_path / "new"))
    assert moved == {"root": str(tmp_path / "new"), "file": str(table)}


def test_a_corpus_with_other_sound_is_refused(run, emodb, tmp_path):
    shutil.copytree(emodb.root, tmp_path / "emodb")
    one, other = sorted((tmp_path / "emodb").rglob("*.wav"))[:2]
    shutil.copy(one, other)
    with pytest.raises(SystemExit, match=rf"1 utterance has other sound \({other.stem}\)"):
        main([str(run), "--root", str(tmp_path / "emodb")])


def test_answers_of_a_run_that_is_to_be_warned_of_say_so(run, tmp_path, monkeypatch, capsys):
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    monkeypatch.setattr(job, "declared", lambda run: Stamp("kfold", "honest", shuffled=True))
    monkeypatch.setattr(job, "VARIANTS", ())
    main([str(copy)])
    assert "warning: SHUFFLED LABELS" in capsys.readouterr().out
    answers = read_answers(copy, read_predictions(copy))
    assert set(answers["protocol"]) == {"honest, SHUFFLED LABELS"}


def test_models_that_judge_a_whole_speaker_are_refused(run, monkeypatch):
    model = SimpleNamespace(origin=Origin(transductive=True))
    monkeypatch.setattr(job, "load", lambda path: model)
    with pytest.raises(RunError, match="judge no recording by itself; name runs with normalise=no"):
        job.answers_of(run)


def test_such_a_run_among_others_is_left_out(run, tmp_path, monkeypatch, capsys):
    for name in ("a", "b"):
        copy = shutil.copytree(run, tmp_path / name)
        (copy / "robustness.csv").unlink(missing_ok=True)
    stamps = {
        "a": Stamp("kfold", "honest", transductive="all audio"),
        "b": Stamp("kfold", "honest"),
    }
    monkeypatch.setattr(job, "declared", lambda found: stamps[found.folder.name])
    monkeypatch.setattr(job, "VARIANTS", ())
    main([str(tmp_path)])
    assert f"{tmp_path / 'a'} is left out: its models" in " ".join(capsys.readouterr().out.split())
    assert [path.parent.name for path in tmp_path.rglob("robustness.csv")] == ["b"]
