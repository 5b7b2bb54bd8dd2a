"""Nested selection: the inner folds choose, the test sides are only reported."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import recall_score
from sweeping import train

from ser.errors import RunError, StorageError
from ser.export import main as export
from ser.folds.fold import SIDES
from ser.inference.loading import model_files
from ser.predict import main as predict
from ser.report.__main__ import main as report
from ser.robustness import job as robustness
from ser.runs.checked import read_predictions
from ser.runs.chosen import CHOSEN, candidates_of, models_of
from ser.runs.files import write_json
from ser.runs.marker import digest, mark_done, read_identity
from ser.runs.predictions import from_csv
from ser.runs.sides import read_sides
from ser.sweep import selection
from ser.sweep.selection import main, select
from ser.training.rerunning import cells_of
from tests.report.conftest import write_below

NAMES = [f"epochs-2_inner-2_lr-{rate}_refit-null_splits-3" for rate in ("1e-3", "1e-9")]


@pytest.fixture(scope="module")
def sweep(emodb, tmp_path_factory):
    """Run a small nested sweep over two learning rates; gives its output and what it printed."""
    output = tmp_path_factory.mktemp("nested")
    words = [
        *("model=lstm", "cv=kfold", "cv.n_splits=3", "cv.inner=2", "fold=0,1"),
        "refit=null",
        *("model.learning_rate=1e-3,1e-9", "trainer.max_epochs=2", "trainer=cpu"),
        *(f"data.root={emodb.root}", "data.verify=false", f"output={output}"),
    ]
    found = train("-m", *words)
    assert found.returncode == 0, found.stderr
    return output, found.stdout


@pytest.fixture
def selected(sweep):
    output, _ = sweep
    (found,) = output.glob("emodb/selected/kfold/*")
    return found


def inner_uar(run, cell):
    table = pd.concat(
        [from_csv(path) for path in sorted((run / cell).glob("inner-*/predictions.csv"))]
    )
    return recall_score(table["truth"], table["prediction"], average="macro")


def test_each_fold_takes_the_candidate_that_its_inner_folds_found_best(sweep, selected):
    output, _ = sweep
    runs = {
        f"emodb/lstm/kfold/{name}": output / "emodb" / "lstm" / "kfold" / name for name in NAMES
    }
    choices = pd.read_csv(selected / "selection.csv")
    assert len(choices) == 4
    for row in choices.itertuples():
        assert row.inner_uar == pytest.approx(inner_uar(runs[row.candidate], row.cell), abs=1e-6)
    for cell, of_cell in choices.groupby("cell"):
        best = of_cell[of_cell["chosen"]]
        assert len(best) == 1
        assert best["inner_uar"].item() == of_cell["inner_uar"].max()
        chosen = (runs[best["candidate"].item()] / cell / "predictions.csv").read_bytes()
        assert (selected / cell / "predictions.csv").read_bytes() == chosen


def test_inner_folds_predict_the_training_side_and_nothing_of_the_test_side(sweep):
    output, _ = sweep
    cell = output / "emodb" / "lstm" / "kfold" / NAMES[0] / "fold-00" / "seed-0"
    sides = {name: [] for name in SIDES}
    for side, line in read_sides(cell):
        sides[side].append(line[0])
    inner = [from_csv(path)["id"].tolist() for path in sorted(cell.glob("inner-*/predictions.csv"))]
    assert sorted(name for ids in inner for name in ids) == sorted(
        [*sides["train"], *sides["validation"]]
    )
    assert sorted(from_csv(cell / "validation.csv")["id"]) == sorted(sides["validation"])


def test_the_table_of_the_sweep_and_the_report_name_the_selected_run(sweep, selected, tmp_path):
    output, printed = sweep
    assert "SELECTED within folds: emodb, cv=kfold" in printed
    choices = pd.read_csv(selected / "selection.csv")
    for row in choices[choices["chosen"]].itertuples():
        line = next(line for line in printed.splitlines() if line.split()[:1] == [row.cell])
        assert line.split()[1:] == [f"lstm/{Path(row.candidate).name}", f"{row.inner_uar:.1%}"]
    report([str(output), "--output", str(tmp_path)])
    text = (tmp_path / "report.md").read_text()
    assert "took in each fold the best of 2 candidates by UAR over 2 inner folds" in text
    pooled = json.loads((selected / "metrics.json").read_text())
    assert pooled["notes"][0].startswith("cv=kfold: speakers are on both sides of a fold")
    assert "test sides had no part in the choice" in pooled["notes"][1]


def test_selecting_again_changes_nothing(sweep, selected):
    output, _ = sweep
    before = {path: path.read_bytes() for path in selected.rglob("*") if path.suffix == ".csv"}
    assert select([output]) == [selected]
    assert {path: path.read_bytes() for path in before} == before


def test_the_models_of_a_selected_run_are_those_of_the_candidates_that_were_chosen(sweep, selected):
    output, _ = sweep
    choices = pd.read_csv(selected / "selection.csv")
    chosen = choices[choices["chosen"]].itertuples()
    models = [output / row.candidate / row.cell / "model.ckpt" for row in chosen]
    assert models_of(selected) == model_files(selected) == models
    assert model_files(selected / "fold-01/seed-0") == models[1:]
    assert candidates_of(selected) == sorted(output.glob("emodb/lstm/kfold/*"))


def test_a_selected_run_is_one_run_where_its_folds_chose_several(
    sweep, selected, emodb, tmp_path, capsys
):
    output, _ = sweep
    run = shutil.copytree(output, tmp_path / "runs") / selected.relative_to(output)
    for cell, name in zip(sorted(run.glob("fold-*/seed-*")), NAMES, strict=True):
        facts = json.loads((cell / "environment.json").read_text())
        write_json(cell / "environment.json", {**facts, CHOSEN: f"emodb/lstm/kfold/{name}"})
        mark_done(cell, read_identity(run))
    predict([f"checkpoint={run}", f"input={next(emodb.root.glob('wav/*.wav'))}"])
    export([f"checkpoint={run}", "to=safetensors"])
    assert capsys.readouterr().out.count(f": 2 folds of {run}. Together they have learnt from") == 2
    uar = json.loads((run / "metrics.json").read_text())["pooled"]["uar"]
    card = (run / "export/README.md").read_text()
    assert f"UAR {uar:.1%}, " in card
    assert "(28 tested utterances, 2 of 3 folds); accuracy" in card


def test_a_cell_with_a_model_needs_no_facts_to_be_used(sweep, tmp_path):
    output, _ = sweep
    run = shutil.copytree(output / "emodb/lstm/kfold" / NAMES[0], tmp_path / "run")
    (run / "fold-00/seed-0/environment.json").write_text("cut {")
    models = [run / f"fold-0{fold}/seed-0/model.ckpt" for fold in (0, 1)]
    assert models_of(run) == model_files(run) == models


def test_a_selected_run_is_asked_about_other_recordings(selected, monkeypatch):
    monkeypatch.setattr(robustness, "VARIANTS", ())
    answers = robustness.answers_of(selected).set_index("id")["prediction"]
    assert answers.to_dict() == read_predictions(selected).set_index("id")["prediction"].to_dict()


def test_a_selected_run_is_not_repeated_but_its_candidates(selected):
    with pytest.raises(
        RunError, match=r"chosen fold by fold .*repeat those: .*lr-1e-3_refit-null_splits-3, "
    ):
        cells_of(selected / "fold-00/seed-0")


def test_a_selected_run_without_its_candidates_has_no_model(selected, tmp_path):
    copy = shutil.copytree(selected, tmp_path / "emodb/selected/kfold/moved")
    assert models_of(copy) == []
    assert models_of(shutil.copytree(selected, tmp_path / "moved")) == []
    with pytest.raises(RunError, match=r"does not exist, as .* where models were removed"):
        robustness.answers_of(copy)


def test_candidates_of_two_corpora_are_not_chosen_among(sweep, tmp_path):
    output, _ = sweep
    shutil.copytree(output / "emodb" / "lstm", tmp_path / "emodb" / "lstm")
    record = tmp_path / "emodb" / "lstm" / "kfold" / NAMES[0] / "identity.json"
    identity = json.loads(record.read_text())
    assert identity["contents.corpus"]
    identity["contents.corpus"] = "another"
    record.write_text(json.dumps(identity))
    for cell in record.parent.glob("fold-*/seed-*/done"):
        mark = {**json.loads(cell.read_text()), "config": digest(identity)}
        cell.write_text(json.dumps(mark))
    assert select([tmp_path]) == []


def test_a_candidate_whose_inner_folds_test_an_utterance_twice_is_refused(sweep, tmp_path):
    output, _ = sweep
    shutil.copytree(output / "emodb" / "lstm", tmp_path / "emodb" / "lstm")
    cell = tmp_path / "emodb" / "lstm" / "kfold" / NAMES[0] / "fold-00" / "seed-0"
    shutil.copytree(cell / "inner-00", cell / "inner-01", dirs_exist_ok=True)
    sides = json.loads((cell / "inner-01/folds.json").read_text())
    write_json(cell / "inner-01/folds.json", {**sides, "fold": 1, "inner": 1})
    mark_done(cell / "inner-01", read_identity(cell.parents[1]))
    with pytest.raises(RunError, match=r"choose nothing: \d+ rows of seed 0 are tested too often"):
        select([tmp_path])


def test_candidates_that_tested_other_utterances_are_refused(sweep, tmp_path):
    output, _ = sweep
    shutil.copytree(output / "emodb" / "lstm", tmp_path / "emodb" / "lstm")
    cell = tmp_path / "emodb" / "lstm" / "kfold" / NAMES[0] / "fold-00" / "seed-0"
    table = (cell / "predictions.csv").read_text().splitlines()
    (cell / "predictions.csv").write_text("\n".join(table[:-1]) + "\n")
    sides = json.loads((cell / "folds.json").read_text())
    facts = json.loads((cell / "environment.json").read_text())
    write_json(cell / "folds.json", {**sides, "test": sides["test"][:-1]})
    write_json(cell / "environment.json", {**facts, "test": facts["test"] - 1})
    mark_done(cell, read_identity(cell.parents[1]))
    with pytest.raises(RunError, match="tested different utterances"):
        select([tmp_path])


def test_candidates_under_names_of_earlier_versions_are_still_selected(sweep, tmp_path):
    output, _ = sweep
    for name in NAMES:
        old = f"trainer.max_epochs=2,model.learning_rate={name.split('_')[2]}"
        place = Path("emodb", "lstm", "kfold")
        shutil.copytree(output / place / name, tmp_path / place / old)
    (selected,) = select([tmp_path])
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,60}", selected.name)
    assert pd.read_csv(selected / "selection.csv")["candidate"].str.contains("max_epochs=2,").all()


def test_of_equal_candidates_the_one_whose_folder_is_first_by_name_is_chosen(sweep, tmp_path):
    output, _ = sweep
    place = Path("emodb", "lstm", "kfold")
    for name in ("C-1e-3", "C-0.1", "C-0.01"):
        shutil.copytree(output / place / NAMES[0], tmp_path / place / name)
    (selected,) = select([tmp_path])
    choices = pd.read_csv(selected / "selection.csv")
    assert choices.groupby("cell")["inner_uar"].nunique().tolist() == [1, 1]
    assert set(choices[choices["chosen"]]["candidate"]) == {"emodb/lstm/kfold/C-0.01"}


def test_tables_are_shown_though_nothing_can_be_written(sweep, monkeypatch, capsys):
    output, _ = sweep
    write = selection.write_json

    def on_a_full_disk(path, content):
        if output in path.parents:
            raise StorageError(f"{path} cannot be written: the disk is full.")
        write(path, content)

    monkeypatch.setattr(selection, "write_json", on_a_full_disk)
    with pytest.raises(SystemExit, match=r"^error: what the tables show is not kept: .* is full"):
        main([str(output)])
    shown = capsys.readouterr().out
    assert "chosen within folds: emodb/…/kfold" in shown
    assert "UAR" in shown


def test_runs_without_inner_folds_are_no_candidates(tmp_path):
    for name in ("emodb/lstm/speaker", "emodb/cnn1d/speaker"):
        write_below(tmp_path, name)
    with pytest.raises(SystemExit, match=r"sweep with cv\.inner=3"):
        main([str(tmp_path)])
