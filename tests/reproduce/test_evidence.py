"""The tables say what was measured, and texts and pictures show what the evidence gives."""

import json
import shutil
from itertools import takewhile
from pathlib import Path

import pandas as pd
import pytest

from reproduce import TABLES, fill
from reproduce.__main__ import main
from reproduce.leak import leak
from reproduce.pictures import PICTURES, digest_of, draw, stamp, stamp_of
from reproduce.published import table
from ser.evaluation.stamps import declared
from ser.runs.checked import read_predictions
from ser.runs.files import write_json, write_text
from ser.runs.kept import pack
from ser.runs.marker import digest, digests, read_identity
from ser.runs.predictions import to_csv
from ser.runs.reading import Run
from ser.runs.robustness import KEYS, ORIGINAL, read_answers
from tests.report.conftest import write_below

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results"
TEXTS = [
    path
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
    if "<!-- evidence: " in path.read_text("utf-8")
]
RUN = "emodb/cnn1d/kfold/emodb_cnn1d_augmented"


def predictions(fold, right):
    """Four predictions of a fold, so many of them right."""
    truth = ["anger", "sadness"] * 2
    return pd.DataFrame(
        {
            "id": [f"{fold}{i}" for i in range(4)],
            "view": "original",
            "speaker": "03",
            "fold": fold,
            "seed": 0,
            "truth": truth,
            "prediction": truth[:right] + [truth[i - 1] for i in range(right, 4)],
            "p_anger": 0.5,
            "p_sadness": 0.5,
        }
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """Keep evidence of two folds of a published row; gives the folder of results."""
    folder = tmp_path_factory.mktemp("results")
    tables = [predictions(fold, right) for fold, right in enumerate((3, 2))]
    write_text(folder / RUN / "predictions.csv", to_csv(pd.concat(tables)))
    facts = {"seconds": 90.0, "folds": 10, "chosen_epoch": 20}
    cells = {f"fold-0{fold}/seed-0": {**facts, "epochs": 20 + fold} for fold in (0, 1)}
    write_json(folder / RUN / "identity.json", {"model.name": "cnn1d"})
    mark = digest(read_identity(folder / RUN)), digests(folder / RUN, ("predictions.csv",))
    write_json(folder / RUN / "cells.json", pack(cells, *mark))
    return folder


@pytest.fixture(scope="module")
def lines(results) -> dict[str, str]:
    """Rows of the table of published rows, by what they are called."""
    return {row.split("`")[1]: row for row in table(results).splitlines()[2:]}


def test_every_published_row_has_a_line(lines):
    assert len(lines) == 28


def test_a_row_shows_mean_accuracy_folds_epochs_and_minutes(lines):
    row = lines["emodb_cnn1d_augmented cv=kfold"]
    assert "| 96.9 / 96.9 |" in row
    assert "62.5% /" in row
    assert "(2 of 10 folds, 20 to 21 epochs, 3 min)" in row
    assert row.endswith("| not run |")


def test_a_licensed_row_that_was_not_run_says_so(lines):
    assert lines["iemocap_lstm cv=kfold"].count("not run: licensed corpus") == 2


def test_steps_of_the_leak_are_in_order_and_shared_with_the_rows(results):
    rows = leak(results).splitlines()[2:]
    assert rows[0] == (
        "| published: copies are made, then rows are dealt to folds | 2 of 10 "
        "| 62.5% | 61.9% | 62.5% |"
    )
    assert [row.count("not run") for row in rows] == [0, 1, 1, 1, 1, 1]


def test_folds_of_several_seeds_are_counted_once(tmp_path):
    write_below(tmp_path, RUN, seeds=[0, 1, 2], missing=[3])
    assert "| 3 of 4 |" in leak(tmp_path).splitlines()[2]


def test_several_texts_are_filled_and_what_is_around_the_tables_stays(results, tmp_path):
    marked = "before\n<!-- evidence: leak -->\nold\n<!-- end -->\nafter\n"
    first, second = tmp_path / "a.md", tmp_path / "b.md"
    first.write_text(marked)
    second.write_text("no table\n")
    main([str(results), "--write", str(first), str(second)])
    assert first.read_text() == marked.replace("old", leak(results))
    assert second.read_text() == "no table\n"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_text_shows_what_the_committed_evidence_gives(path):
    text = path.read_text("utf-8")
    assert fill(text, RESULTS) == text


def test_every_table_is_shown_somewhere():
    shown = "".join(path.read_text("utf-8") for path in TEXTS)
    assert [name for name in TABLES if f"<!-- evidence: {name} -->" not in shown] == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_committed_picture_was_drawn_from_the_committed_predictions(name):
    assert stamp_of(RESULTS / name) == digest_of(RESULTS, name)


def test_every_committed_picture_is_one_that_is_drawn_here():
    found = {path.relative_to(RESULTS).as_posix() for path in RESULTS.rglob("*.png")}
    assert found == set(PICTURES)


def test_pictures_are_stamped_when_they_are_drawn(tmp_path):
    plain = RESULTS / "emodb" / "cnn1d"
    for path in plain.glob("*/*"):
        if path.is_file() and path.suffix != ".png":
            target = tmp_path / "emodb" / "cnn1d" / path.relative_to(plain)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    drawn = draw(tmp_path)
    assert [stamp_of(path) for path in drawn] == [digest_of(RESULTS, name) for name in PICTURES]


def test_a_run_without_evidence_is_named_before_pictures_are_drawn(tmp_path):
    with pytest.raises(SystemExit, match=r"error: .* drawn from emodb/cnn1d/stratified too, which"):
        main([str(tmp_path), "--pictures"])
    assert not list(tmp_path.iterdir())


def test_a_stamp_leaves_the_pixels_as_they_are(tmp_path):
    from PIL import Image

    Image.new("RGB", (3, 2), "orange").save(tmp_path / "a.png")
    stamp(tmp_path / "a.png", "0123")
    with Image.open(tmp_path / "a.png") as image:
        assert image.getpixel((2, 1)) == (255, 165, 0)
    assert stamp_of(tmp_path / "a.png") == "0123"


def test_all_evidence_is_in_one_place_a_run():
    runs = [path.parent for path in RESULTS.rglob("identity.json")]
    assert runs
    for run in runs:
        config = json.loads((run / "cells.json").read_text())["config"]
        assert len(config) == 16
        assert not list(run.glob("fold-*"))


def test_the_configuration_of_a_leaking_run_says_so_at_its_head():
    runs = [path.parent for path in RESULTS.rglob("config.yaml")]
    alarms = {run: declared(Run(run, read_identity(run))).comment for run in runs}
    assert any(alarms.values())
    for run, alarm in alarms.items():
        lines = (run / "config.yaml").read_text("utf-8").splitlines(keepends=True)
        assert "".join(takewhile(lambda line: line.startswith("#"), lines)) == alarm, run


def test_answers_to_other_recordings_are_of_the_models_that_predicted():
    runs = [path.parent for path in RESULTS.rglob("robustness.csv")]
    assert runs
    for run in runs:
        predicted = read_predictions(run)
        answers = read_answers(run, predicted)
        as_recorded = answers[answers["recording"] == ORIGINAL].set_index(KEYS)["prediction"]
        same = predicted.set_index(KEYS)["prediction"].sort_index() == as_recorded.sort_index()
        assert same.mean() > 0.99, run  # networks are tested in bf16, and answer in float32
