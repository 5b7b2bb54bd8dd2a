"""Corpora against corpora: rows were trained on, columns are tested on, in one table."""

from ser.evaluation.figures import summarise
from ser.report.sheets.matrix import matrices
from ser.runs.reading import find_runs

JOINED = {"_target_": "ser.data.JoinedDataModule", "corpora": {"emodb": {}, "north": {}}}


def across(write_run, one, other, **changes):
    data = {**JOINED, "test": other}
    return write_run(f"{one}-to-{other}/svm/corpus", data=data, **changes)


def texts(sheet):
    return [[value.text for value in row] for row in sheet.rows]


def found(folder):
    return matrices(find_runs([folder]))


def test_a_cell_is_the_pooled_uar_of_its_run_and_a_dash_of_none(write_run, tmp_path):
    run = across(write_run, "emodb", "north")
    across(write_run, "north", "south")
    write_run("emodb/svm/speaker_kfold")
    write_run("emodb/svm/stratified")  # knows its speakers, and is in no table
    (sheet,) = found(tmp_path)
    uar = {
        run.name.corpus: f"{100 * summarise(run.predictions)['pooled']['uar']:.1f}"
        for run in find_runs([tmp_path])
        if run.name.cv != "stratified"
    }
    assert [column.heading for column in sheet.columns] == ["trained on", "on north", "on south"]
    assert texts(sheet) == [
        ["emodb", uar["emodb-to-north"], "–"],
        ["north", "–", uar["north-to-south"]],
    ]
    assert run.exists()


def test_a_corpus_by_itself_is_on_the_diagonal_and_its_regime_is_said(write_run, tmp_path):
    across(write_run, "emodb", "north")
    across(write_run, "north", "emodb")
    write_run("emodb/svm/speaker_kfold")
    write_run("north/svm/speaker")
    (sheet,) = found(tmp_path)
    assert all("–" not in row for row in texts(sheet))
    assert [column.heading for column in sheet.columns[1:]] == ["on emodb", "on north"]
    assert "new speakers (cv=speaker or speaker_kfold)" in sheet.notes[1]


def test_other_settings_have_a_table_of_their_own_under_their_stamp(write_run, tmp_path):
    across(write_run, "emodb", "north")
    write_run(
        "emodb-to-north/svm/corpus/normalise-corpus",
        data={**JOINED, "test": "north"},
        protocol="by_corpus",
    )
    plain, stamped = found(tmp_path)
    assert not any("TRANSDUCTIVE" in note for note in plain.notes)
    assert any("all audio of that corpus" in note for note in stamped.notes)
    assert stamped.title.endswith("svm normalise-corpus")


def test_unfinished_runs_are_marked(write_run, tmp_path):
    across(write_run, "emodb", "north", missing=[3])
    across(write_run, "north", "emodb", unfinished=range(4))
    (sheet,) = found(tmp_path)
    assert texts(sheet)[0][2].endswith("*")
    assert texts(sheet)[1][1] == "–"
    assert "* over those folds that are finished." in sheet.notes


def test_runs_of_single_and_of_joined_corpora_have_no_such_table(write_run, tmp_path):
    write_run("emodb/svm/speaker_kfold")
    write_run("emodb-and-north/svm/corpus", data={**JOINED, "test": None})
    assert found(tmp_path) == []
