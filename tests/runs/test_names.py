"""What a run is called is short, safe, and never the name of another."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser.errors import ConfigError, RunError
from ser.report.write import write_report
from ser.runs.cell import Cell
from ser.runs.files import write_json
from ser.runs.legacy import legacy_run_name, refuse_legacy
from ser.runs.names import choices_of, run_name
from ser.runs.reading import find_runs
from ser.runs.record import finish, open_run
from ser.runs.words import plain_number, safe_name, short_name
from ser.sweep.status import planned

CHOICES = {"data": "emodb", "model": "cnn1d", "cv": "stratified"}
PLAIN = Path("emodb/cnn1d/stratified")
KEYS = ("a", "a_b", "model.a", "model.a_b", "x.a", "n_mels", "features.n_mels", "epochs", "cv.file")
settings = st.dictionaries(
    st.sampled_from((*KEYS, "trainer.max_epochs", "model.features", "features", "~model.a")),
    st.text("ab1_-.=/ é", max_size=5) | st.sampled_from(("1_a-1", "b_n_mels-1", "a_0123abcd")),
    max_size=3,
)
experiments = st.sampled_from(("", "a", "a_b", "x/a", "a-1", "a_epochs-1"))


def words_of(changed):
    return [f"{key}={value}" for key, value in changed.items()]


def test_mapped_emotions_make_short_names_that_differ():
    mapped = [
        "data.emotions={joy: happiness, frustration: null, surprise: null, other: null}",
        "data.emotions={joy: happiness}",
        "data.emotions='{Ärger: anger}'",
        "++data.emotions.calls=[anger,joy]",
    ]
    names = [run_name(CHOICES, [word]).name for word in mapped]
    assert all(re.fullmatch("emotions_[0-9a-f]{8}", name) for name in names)
    assert len(set(names)) == len(mapped)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["data=emodb", "fold=3", "output=/x", "data.root=/y"], ""),
        (["trainer.max_epochs=3", "model.learning_rate=2e-4"], "epochs-3_lr-2e-4"),
        (["features=logmel", "protocol=published"], "features-logmel_protocol-published"),
        (["model.dropout=0", "features.dropout=1"], "dropout-0_features.dropout-1"),
        (["model.C=1", "+grid=svm"], "C-1_grid-svm"),  # with inner folds, as C-1 has none
        (
            ["trainer.precision=bf16-mixed", "shuffle_labels=true"],
            "precision-bf16-mixed_shuffled-true",
        ),
    ],
)
def test_a_run_is_named_by_what_was_changed(words, name):
    assert run_name(CHOICES, words) == PLAIN / name


def test_a_run_of_an_experiment_is_named_after_it_and_what_differs_from_it():
    choices = {**CHOICES, "experiment": "emodb_cnn1d"}
    words = ["experiment=emodb_cnn1d", "protocol=honest"]
    assert run_name(choices, words) == PLAIN / "emodb_cnn1d_protocol-honest"


def test_a_number_has_one_name_however_it_is_spelt():
    assert {plain_number(text) for text in ("2e-4", "0.0002", "2.0E-04")} == {"2e-4"}
    assert [plain_number(text) for text in ("0.1", "1e-09", "1e3", "10", "true", "1.2.3")] == [
        *("0.1", "1e-9", "1e3", "10", "true", "1.2.3")
    ]


@given(experiments, settings)
def test_every_name_is_short_and_safe(experiment, changed):
    name = short_name(experiment, words_of(changed))
    assert re.fullmatch(r"[A-Za-z0-9._-]{0,60}", name)


@given(st.tuples(experiments, settings), st.tuples(experiments, settings))
def test_different_settings_never_share_a_name(one, other):
    def meant(experiment, changed):
        return experiment, {key: plain_number(value) for key, value in changed.items()}

    same = meant(*one) == meant(*other)
    names = [short_name(experiment, words_of(changed)) for experiment, changed in (one, other)]
    assert (names[0] == names[1]) == same


def test_a_path_has_no_part_in_a_name_but_by_its_stem_and_a_hash():
    words = [f"model.weights=/home/{who}/my net.pt" for who in ("a", "b")]
    names = [run_name(CHOICES, [word]).name for word in words]
    assert all(re.fullmatch(r"weights-my-net_[0-9a-f]{8}", name) for name in names)
    assert names[0] != names[1]


@pytest.mark.parametrize("word", ["cv.file=/a/b.csv", "data.root=/a", "+data.wav_folder=/a"])
def test_where_a_corpus_or_a_list_of_folds_lies_has_no_part_in_a_name(word):
    assert run_name(CHOICES, [word]) == PLAIN


@pytest.mark.parametrize(
    ("settings", "corpus"),
    [
        ({"root": "/a"}, "emodb"),
        ({"name": None, "file": "/a/calls.csv"}, "calls"),
        ({"name": None, "root": "/a/calls"}, "calls"),
        ({"name": None, "root": "/a/calls.v2/b/.."}, "calls.v2"),
        ({"name": "mine", "file": "/a/calls.csv"}, "mine"),
        ({"name": None, "file": None, "root": None}, "emodb"),
    ],
)
def test_a_corpus_of_ones_own_is_called_by_its_name_table_or_folder(settings, corpus):
    choices = choices_of({**CHOICES, "data": "emodb"}, settings)
    assert run_name(choices, ["data.file=/b.csv", "data.name=x"]).parts[0] == corpus


@pytest.mark.parametrize("name", [".", ".."])
def test_a_corpus_of_whatever_name_has_its_runs_below_the_others(name):
    choices = choices_of(CHOICES, {"name": name, "file": "/a/calls.csv"})
    assert re.fullmatch(r"_[0-9a-f]{8}", run_name(choices, []).parts[0])


def test_a_given_name_is_taken_as_it_is():
    assert run_name(CHOICES, ["trainer.max_epochs=3"], "recipe-default") == PLAIN / "recipe-default"


@pytest.mark.parametrize("name", ["a,b", "a=b", "../x", "a/b", "", ".x", "é", "fold-00", "a" * 101])
def test_a_given_name_that_is_no_safe_folder_is_refused(name):
    if name:
        with pytest.raises(ConfigError, match="choose another name"):
            run_name(CHOICES, [], name)
    else:
        assert run_name(CHOICES, [], name) == PLAIN


def test_a_choice_below_a_folder_of_choices_stays_one_part_of_the_name():
    found = run_name({**CHOICES, "model": "mine/cnn"}, [])
    assert found.parts == ("emodb", safe_name("mine/cnn"), "stratified")


@pytest.fixture
def old_run(tmp_path):
    """Write a run as it was named when names held whole words, below a folder of runs."""
    output = tmp_path / "runs"
    data, cv = {"_target_": "ser.data.EmoDBDataModule"}, {"name": "stratified", "n_splits": 2}
    protocol = {"name": "honest", "unit": "utterance", "test_copies": False, "scaler": "train"}
    config = {"data": data, "cv": cv, "protocol": protocol, "trainer": {"max_epochs": 3}}
    cell = Cell(output / PLAIN / "trainer.max_epochs=3", 0)
    open_run(cell.run, config)
    truth = ["anger", "sadness"]
    table = {"id": ["03a", "03b"], "view": "original", "speaker": "03", "fold": 0, "seed": 0}
    shares = {"truth": truth, "prediction": truth, "p_anger": [0.8, 0.3], "p_sadness": [0.2, 0.7]}
    facts = {"seconds": 9.0, "epochs": 3, "chosen_epoch": 3, "folds": 2, "train": 2}
    finish(cell, pd.DataFrame({**table, **shares}), {**facts, "parameters": 9})
    return output, cell.run


def test_runs_with_names_of_earlier_versions_are_still_read(old_run, tmp_path):
    output, folder = old_run
    assert [str(run.name) for run in find_runs([output])] == [
        "emodb/cnn1d/stratified/trainer.max_epochs=3"
    ]
    assert {item.cell.run for item in planned([output])} == {folder}
    write_report([output], tmp_path / "report")
    assert "trainer.max_epochs=3" in (tmp_path / "report" / "report.md").read_text()


def test_a_run_under_its_old_name_is_not_begun_anew_beside_it(old_run):
    output, folder = old_run
    new = output / PLAIN / "epochs-3"
    with pytest.raises(RunError, match=f"rename that folder to {new} to go on") as refusal:
        refuse_legacy(output, CHOICES, ["trainer.max_epochs=3"])
    assert str(refusal.value).startswith(f"{folder} holds this run")


@pytest.mark.parametrize("old", ["cv.file=-a-b.csv", "file-b_c7c79f70"])
def test_a_run_that_was_named_by_the_place_of_its_list_is_not_begun_anew(old, tmp_path):
    words, choices = ["cv.file=/a/b.csv"], {**CHOICES, "cv": "predefined"}
    folder = tmp_path / "emodb/cnn1d/predefined"
    write_json(folder / old / "identity.json", {})
    with pytest.raises(RunError, match=f"{old} holds .* rename that folder to {folder} to go on"):
        refuse_legacy(tmp_path, choices, words)


def test_a_run_that_was_renamed_or_given_a_name_is_gone_on_with(old_run):
    output, folder = old_run
    refuse_legacy(output, CHOICES, ["trainer.max_epochs=3"], "another")
    refuse_legacy(output, CHOICES, ["trainer.max_epochs=4"])
    folder.rename(folder.with_name("epochs-3"))
    refuse_legacy(output, CHOICES, ["trainer.max_epochs=3"])


def test_an_old_name_held_whole_words_and_was_cut_where_no_file_system_takes_it():
    choices = {**CHOICES, "experiment": "published/a"}
    words = ["protocol=honest", "fold=1"]
    assert legacy_run_name(choices, words) == PLAIN / "a,protocol=honest"
    assert len(legacy_run_name(CHOICES, [f"model.x={'é' * 300}"]).name.encode()) <= 200


def test_a_plain_run_is_called_today_as_it_was(tmp_path):
    write_json(tmp_path / PLAIN / "identity.json", {})
    refuse_legacy(tmp_path, CHOICES, ["fold=1"])
