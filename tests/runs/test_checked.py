"""What is damaged or was edited is named and left out; every other cell still counts."""

import json
import shutil

import pandas as pd
import pytest
from marking import mark_again, mark_as_once

from ser.errors import DamageError, RunError
from ser.runs.cell import Cell, cell_at
from ser.runs.checked import damage, damaged_cells, done_cells, read_predictions, read_validation
from ser.runs.facts import Facts
from ser.runs.failure import write_failure
from ser.runs.files import write_json, write_text
from ser.runs.marker import AGAIN, TABLES, model_damage
from ser.runs.reading import find_runs
from ser.runs.record import finish, is_done, open_run
from ser.runs.sides import read_sides
from ser.sweep.status import planned, progress

CONFIG = {"data": {"_target_": "ser.data.EmoDBDataModule"}, "cv": {"name": "kfold", "inner": None}}
EMOTIONS = ["anger", "fear", "sadness"]
SIDES = ("train", "validation", "test")
BAD = "fold-01/seed-0"


def rows(side, fold, inner=""):
    """Ids, views, speakers and emotions of a side: six utterances."""
    names = [f"{side}{fold}{inner}-{i}" for i in range(6)]
    return [[name, "original", f"0{i % 2}", EMOTIONS[i % 3]] for i, name in enumerate(names)]


def table(lines, fold, seed=0):
    shares = [(0.5, 0.3, 0.2), (0.123457, 0.6, 0.276543), (0.1, 0.2, 0.7)]
    found = pd.DataFrame(lines, columns=["id", "view", "speaker", "truth"])
    found.insert(3, "fold", fold)
    found.insert(4, "seed", seed)
    found["prediction"] = [EMOTIONS[(i // 2) % 3] for i in range(6)]
    chosen = [shares[(i // 2) % 3] for i in range(6)]
    return pd.concat([found, pd.DataFrame(chosen, columns=[f"p_{e}" for e in EMOTIONS])], axis=1)


def train(cell):
    """Leave what a training leaves."""
    inner = "" if cell.inner is None else f"i{cell.inner}"
    sides = {side: rows(side, cell.fold, inner) for side in SIDES}
    own = {} if cell.inner is None else {"inner": cell.inner}
    number = own.get("inner", cell.fold)
    columns = ["id", "view", "speaker", "emotion"]
    write_json(
        cell.folder / "folds.json",
        {"cv": "kfold", "fold": number, **own, "columns": columns, **sides},
    )
    write_text(cell.folder / "model.ckpt", f"weights of {cell.fold}")
    facts: Facts = {"seconds": 3.0, "folds": 3, "epochs": 2, "git": None, "threads": 1}
    sizes = dict.fromkeys(SIDES, 6)
    tested, judged = (table(sides[side], cell.fold, cell.seed) for side in ("test", "validation"))
    finish(cell, tested, {**facts, **sizes}, judged)


@pytest.fixture
def run(tmp_path):
    """Write a run of three folds."""
    folder = tmp_path / "emodb" / "cnn1d" / "kfold"
    open_run(folder, CONFIG)
    for fold in range(3):
        train(Cell(folder, fold))
    return folder


def body(change):
    """Edit the rows of a table below its heading."""

    def edit(text):
        head, *lines = text.splitlines()
        return "\n".join([head, *change(lines)]) + "\n"

    return edit


def columns(change):
    """Edit the columns of every row."""
    return body(lambda lines: [",".join(change(line.split(","))) for line in lines])


def facts(**changes):
    return lambda text: json.dumps({**json.loads(text), **changes})


def without(name):
    return lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != name})


def swapped(one, other):
    def edit(text):
        found = json.loads(text)
        return json.dumps({**found, one: found[other], other: found[one]})

    return edit


TABLE_EDITS = {
    "a row removed": (body(lambda r: r[1:]), "lacks 1 row that folds.json lists, such as"),
    "a row twice": (body(lambda r: [r[0], *r]), "has 'SIDE1-0' twice"),
    "cut at a line": (body(lambda r: r[:3]), "lacks 3 rows"),
    "no rows": (body(lambda _: []), "has no rows"),
    "cut amid a line": (lambda t: t[: len(t) * 2 // 3], ""),
    "empty": (lambda _: "", "is cut or was edited: it is no table"),
    "of another fold": (columns(lambda p: [*p[:3], "0", *p[4:]]), "has rows of fold '0'"),
    "of another seed": (columns(lambda p: [*p[:4], "9", *p[5:]]), "has rows of seed '9'"),
    "fold in words": (columns(lambda p: [*p[:3], "x", *p[4:]]), "has rows of fold 'x'"),
    "sum of 3": (
        columns(lambda p: [*p[:7], *(str(3 * float(x)) for x in p[7:])]),
        "that do not sum to 1",
    ),
    "negative": (columns(lambda p: [*p[:7], "1.5", "-0.3", "-0.2"]), "that do not sum to 1"),
    "nan": (columns(lambda p: [*p[:7], "nan", "nan", "nan"]), "that are no numbers"),
    "blank": (columns(lambda p: [*p[:7], "", "", ""]), "that are no numbers"),
    "truth edited": (columns(lambda p: [*p[:5], p[6], *p[6:]]), "and folds.json says"),
    "prediction edited": (
        columns(lambda p: [*p[:6], p[5], *p[7:]]),
        "predicts another emotion of",
    ),
    "speaker edited": (columns(lambda p: [*p[:2], "77", *p[3:]]), "says '77' of"),
    "unknown emotion": (columns(lambda p: [*p[:5], "joy", *p[6:]]), "has the truth 'joy'"),
    "a column less": (
        lambda t: "\n".join(line.split(",", 1)[1] for line in t.splitlines()) + "\n",
        "lacks the column id",
    ),
    "foreign ids": (columns(lambda p: [f"x{p[0]}", *p[1:]]), "lacks 6 rows"),
}
SIDE_EDITS = {
    "train and test swapped": (swapped("train", "test"), "predictions.csv lacks 6 rows"),
    "of another fold": (facts(fold=2), "folds.json is of fold 2"),
    "an empty side": (facts(train=[]), "folds.json has an empty side"),
    "on two sides": (lambda t: t.replace("train1-0", "test1-0"), "lists 'test1-0' twice"),
    "no JSON": (lambda t: t[:50], "folds.json is cut or was edited: it is no JSON"),
    "a list": (lambda _: "[1]", "folds.json was edited: it has no sides of a fold"),
    "nothing": (lambda _: "null", "folds.json has an empty side"),
    "wrong types": (facts(test=[1, 2]), "folds.json was edited: it has no sides of a fold"),
    "a side of numbers": (facts(train=3), "folds.json was edited: it has no sides of a fold"),
}
FACT_EDITS = {
    "no seconds": (without("seconds"), "environment.json does not say how many seconds"),
    "seconds in words": (facts(seconds="long"), "environment.json has 'long' for seconds"),
    "fewer folds": (facts(folds=1), "environment.json says that there is 1 fold"),
    "other counts": (facts(test=5), "environment.json counts 5 rows of the test side, which has 6"),
    "empty": (lambda _: "", "environment.json is empty"),
    "a list": (lambda _: "[]", "environment.json does not say how many seconds"),
}
MARKER_EDITS = {
    "empty": (lambda _: "", "done is empty"),
    "no JSON": (lambda _: "{", "done is cut or was edited"),
    "a list": (lambda _: "[1]", "done was edited: it does not say what was finished"),
    "of another run": (facts(config="0" * 16), "done is of another configuration"),
    "wrong types": (facts(files=3), "done was edited: it does not say what was finished"),
    "without a file": (facts(files={}), "done was edited: it does not say what was finished"),
}


def edit(path, change):
    path.write_text(change(path.read_text()))


def assert_left_out(run, *says):
    """One sentence names what is damaged, and the other cells are shown and scored."""
    found = find_runs([run])[0]
    assert [cell.state for cell in found.cells] == ["done", "damaged", "done"]
    (lost,) = found.lacking
    assert all(words in lost.error for words in says)
    assert lost.error.endswith(f"; {AGAIN}.")
    assert "\n" not in lost.error
    assert set(found.predictions["fold"]) == set(read_predictions(run)["fold"]) == {0, 2}
    assert set(read_validation(run)["fold"]) == {0, 2}
    assert not is_done(Cell(run, 1), CONFIG)
    assert is_done(Cell(run, 0), CONFIG)


def cases(edits):
    return pytest.mark.parametrize(("change", "says"), edits.values(), ids=edits.keys())


@pytest.mark.parametrize("file", ["predictions.csv", "validation.csv"])
@cases(TABLE_EDITS)
def test_an_edited_table_without_digest_is_named_and_never_scored(run, file, change, says):
    edit(mark_as_once(run) / BAD / file, change)
    side = "test" if file == "predictions.csv" else "validation"
    assert_left_out(run, f"{BAD}/{file}", says.replace("SIDE", side))


@cases(SIDE_EDITS)
def test_edited_sides_without_digest_are_named_and_never_scored(run, change, says):
    edit(mark_as_once(run) / BAD / "folds.json", change)
    assert_left_out(run, BAD, says)


@cases(FACT_EDITS)
def test_edited_facts_without_digest_are_named(run, change, says):
    edit(mark_as_once(run) / BAD / "environment.json", change)
    assert_left_out(run, f"{BAD}/{says}")


@cases(MARKER_EDITS)
def test_an_edited_marker_is_named(run, change, says):
    edit(run / BAD / "done", change)
    assert_left_out(run, f"{BAD}/{says}")


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_was_changed_in_any_way_is_not_the_one_that_was_finished(run, name):
    edit(run / BAD / name, lambda text: text.replace("\n", " \n", 1))
    assert_left_out(run, f"{BAD}/{name} was changed since the training wrote it")


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_was_removed_is_missed(run, name):
    (run / BAD / name).unlink()
    assert_left_out(run, f"{BAD}/{name} is missing")


@pytest.mark.parametrize("name", ["predictions.csv", "folds.json", "environment.json", "done"])
def test_bytes_that_are_no_text_are_named(run, name):
    (mark_as_once(run) / BAD / name).write_bytes(bytes(range(256)) * 20)
    assert_left_out(run, f"{BAD}/{name} is cut or was edited")


def test_a_folder_in_the_place_of_a_file_is_named(run):
    (mark_as_once(run) / BAD / "predictions.csv").unlink()
    (run / BAD / "predictions.csv").mkdir()
    assert_left_out(run, f"{BAD}/predictions.csv cannot be read (Is a directory)")


def test_a_cell_that_is_a_copy_of_another_is_named(run):
    shutil.rmtree(run / "fold-01")
    shutil.copytree(run / "fold-00", run / "fold-01")
    assert_left_out(run, f"{BAD}/predictions.csv has rows of fold '0'")


def test_a_copy_in_a_fold_that_does_not_exist_is_named_and_counts_nowhere(run):
    shutil.copytree(run / "fold-00", run / "fold-07")
    assert [cell.parent.name for cell in done_cells(run)] == ["fold-00", "fold-01", "fold-02"]
    assert damaged_cells(run)[0].startswith("fold-07/seed-0/predictions.csv has rows of fold '0'")


@pytest.mark.parametrize("name", ["fold-00 copy", "fold-000", "fold-old", "fold-0"])
def test_a_copy_under_a_name_that_no_fold_has_is_no_fold(run, name):
    shutil.copytree(run / "fold-00", run / name)
    assert [cell.state for cell in find_runs([run])[0].cells] == ["done"] * 3
    assert set(read_predictions(run)["fold"]) == {0, 1, 2}


def test_another_line_end_or_mark_of_encoding_makes_no_other_table(run):
    before = read_predictions(run)
    path = mark_as_once(run) / BAD / "predictions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(read_predictions(run), before)


def test_runs_of_earlier_versions_are_whole_without_digests(run):
    before = read_predictions(run)
    mark_as_once(run)
    for name in ("folds.json", "model.ckpt"):
        (run / BAD / name).unlink()
    (run / "fold-02/seed-0/validation.csv").unlink()
    assert damaged_cells(run) == []
    pd.testing.assert_frame_equal(read_predictions(run), before)


def test_ids_and_speakers_that_look_like_nothing_are_read_as_they_are(run):
    cell = Cell(run, 1)
    for name in ("predictions.csv", "folds.json"):
        edit(cell.folder / name, lambda text: text.replace("test1-0", "NA"))
    assert damage(mark_again(run) / BAD) == ""
    assert read_predictions(run)["id"][6] == "NA"


def test_what_was_read_is_read_again_once_it_changes(run):
    assert damage(run / BAD) == ""
    edit(run / BAD / "predictions.csv", columns(lambda p: [*p[:5], p[6], *p[6:]]))
    assert "was changed" in damage(run / BAD)
    train(Cell(run, 1))
    assert damage(run / BAD) == ""


def test_status_counts_a_damaged_cell_and_says_what_is_wrong(run):
    (run / BAD / "done").write_bytes(b"")
    (line,) = progress(planned([run]))
    assert (line["done"], line["damaged"], line["failed"]) == (2, 1, 0)
    assert line["damages"]["fold 1 seed 0"].startswith(f"{BAD}/done is empty")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a":', b"\xff\xfe{", b"{}"])
def test_an_identity_that_cannot_be_read_is_refused_in_one_sentence(run, content):
    (run / "identity.json").write_bytes(content)
    with pytest.raises(DamageError, match=r"identity\.json .*; move that run elsewhere, or "):
        find_runs([run])


def test_an_edited_identity_makes_cells_of_another_configuration(run):
    edit(run / "identity.json", facts(**{"cv.name": "speaker"}))
    found = find_runs([run])[0]
    assert {cell.state for cell in found.cells} == {"damaged"}
    assert len(found.predictions) == 0


def test_a_run_of_which_all_failed_says_how_it_is_removed(tmp_path):
    folder, other = tmp_path / "emodb" / "my net" / "kfold", {**CONFIG, "early_stopping": 7}
    open_run(folder, CONFIG)
    write_failure(Cell(folder, 0).folder, ValueError("shapes differ"))
    with pytest.raises(RunError, match=r"python -m ser.status --forget '.*my net/kfold' removes"):
        open_run(folder, other)
    train(Cell(folder, 1))
    with pytest.raises(RunError) as refused:
        open_run(folder, other)
    assert "--forget" not in str(refused.value)


@pytest.fixture
def nested(tmp_path):
    """Write a run of one fold with two inner folds."""
    folder = tmp_path / "emodb" / "cnn1d" / "kfold"
    config = {**CONFIG, "cv": {"name": "kfold", "inner": 2}}
    cell = Cell(folder, 1)
    open_run(folder, config)
    for place in (cell.within(0), cell.within(1), cell):
        train(place)
    return folder


def test_a_cell_is_damaged_where_an_inner_fold_is(nested):
    assert damage(nested / BAD) == ""
    edit(nested / BAD / "inner-01/predictions.csv", body(lambda lines: lines[1:]))
    says = f"{BAD}/inner-01/predictions.csv was changed since the training wrote it"
    assert damage(nested / BAD).startswith(says)


@pytest.mark.parametrize("name", ["inner-01", "inner-01/done"])
def test_an_inner_fold_that_was_removed_is_missed(nested, name):
    path = nested / BAD / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert damage(nested / BAD).startswith(f"{BAD}/inner-01/done is missing")


def test_an_inner_fold_in_the_place_of_another_is_named(nested):
    shutil.rmtree(nested / BAD / "inner-01")
    shutil.copytree(nested / BAD / "inner-00", nested / BAD / "inner-01")
    assert "inner-01/folds.json is of fold 0" in damage(nested / BAD)


def test_a_changed_model_is_named_where_it_is_loaded_and_trained_again(run):
    path = run / BAD / "model.ckpt"
    assert model_damage(path) == ""
    path.write_text("other weights")
    assert model_damage(path).startswith(f"{path} was changed since the training wrote it; ")
    assert damage(run / BAD) == ""  # no figure comes from it
    assert not is_done(Cell(run, 1), CONFIG)


def test_a_model_that_was_removed_is_no_damage(run):
    (run / BAD / "model.ckpt").unlink()
    assert model_damage(run / BAD / "model.ckpt") == ""
    assert is_done(Cell(run, 1), CONFIG)


def test_sides_that_are_damaged_end_in_a_sentence(run):
    (run / BAD / "folds.json").write_text("{")
    with pytest.raises(DamageError, match=r"folds\.json is cut or was edited"):
        list(read_sides(run / BAD))


@pytest.mark.parametrize("cell", [Cell(".", 3, -1), Cell(".", 0, 0, inner=2)])
def test_a_folder_says_which_cell_it_is_of(tmp_path, cell):
    cell = Cell(tmp_path, cell.fold, cell.seed, cell.inner)
    assert cell_at(cell.folder) == cell


def test_a_folder_that_is_no_cell_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is not named as a fold at a seed"):
        cell_at(tmp_path)
