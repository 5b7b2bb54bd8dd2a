"""Predictions of somebody else: read as they are, matched with the corpus, judged or refused."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hydra import compose, initialize_config_dir

from ser.audit.foreign.csv_file import USUAL, read_csv
from ser.audit.foreign.ids import Names
from ser.audit.foreign.predictions import read_theirs
from ser.audit.job import audit
from ser.corpora.emodb import EmoDB
from ser.errors import ConfigError, LeakageError, RunError, SerError
from ser.runs.configuration import config_folder
from ser.runs.files import read_json, write_json
from ser.runs.layout import KEPT
from tests.reproduce.evidence import write_run

COLUMNS = dict.fromkeys((*USUAL, "probabilities"))
LABELS = EmoDB.labels


@pytest.fixture(scope="module")
def utterances(emodb):
    return emodb.utterances()


@pytest.fixture
def truths(utterances) -> pd.DataFrame:
    """Give right predictions of every utterance; each speaker is a fold."""
    return pd.DataFrame(
        {
            "id": [u.id for u in utterances],
            "truth": [u.emotion for u in utterances],
            "prediction": [u.emotion for u in utterances],
            "fold": [u.speaker for u in utterances],
        }
    )


@pytest.fixture
def read(utterances, tmp_path):
    """Write a table and read it as predictions of the small corpus."""

    def read(table, columns=None, emotions=None, **options):
        path = tmp_path / "theirs.csv"
        table.to_csv(path, index=False, **options)
        return read_theirs(path, COLUMNS | (columns or {}), emotions or {}, utterances, LABELS)

    return read


@pytest.fixture
def judge(emodb, tmp_path, capsys):
    """Audit a table of predictions; gives what is printed, on one line."""

    def judge(table, *words):
        table.to_csv(tmp_path / "theirs.csv", index=False)
        place = [f"data.root={emodb.root}", "data.verify=false"]  # unless words say otherwise
        words = [f"predictions={tmp_path}/theirs.csv", "data=emodb", *place, *words]
        with initialize_config_dir(config_folder(), version_base="1.3"):
            cfg = compose("audit", words)
        audit(cfg)
        return flat(capsys.readouterr().out)

    return judge


def flat(text: str) -> str:
    return " ".join(text.split())


def test_our_own_table_of_predictions_is_read_without_any_setting(read, truths):
    shares = {f"p_{label}": (truths["truth"] == label) * 1.0 for label in LABELS}
    theirs = read(truths.assign(**shares))
    assert theirs.table["prediction"].tolist() == truths["prediction"].tolist()
    assert theirs.table[[f"p_{label}" for label in LABELS]].to_numpy().sum() == len(truths)


@pytest.mark.parametrize("beginning", ["p_", "score "])
def test_of_probabilities_alone_the_largest_is_the_prediction(read, truths, beginning):
    right = truths["prediction"]
    wrong = right.map(lambda label: LABELS[LABELS.index(label) - 1])
    shares = {
        f"{beginning}{label[:3]}": (right == label) * 0.4 + (wrong == label) * 0.6
        for label in LABELS
    }
    table = truths.drop(columns="prediction").assign(**shares)
    theirs = read(table, {"probabilities": None if beginning == "p_" else beginning})
    assert theirs.table["prediction"].tolist() == wrong.tolist()
    assert f"predicted from the largest of {beginning}…" in theirs.notes[0]


@pytest.mark.parametrize(
    "form",
    [
        {"sep": ";", "encoding": "utf-8-sig"},
        {"sep": "\t"},
        {"encoding": "utf-16"},
        {"quoting": 1},
        {"lineterminator": "\r\n"},
        {"lineterminator": "\r"},
    ],
    ids=str,
)
def test_separators_marks_and_encodings_make_no_difference(read, truths, form):
    theirs = read(truths, **form)
    assert theirs.table["id"].tolist() == truths["id"].tolist()
    assert theirs.table["fold"].nunique() == 3


@pytest.mark.parametrize(
    "name",
    [
        lambda i: f"/data/EmoDB/wav/{i}.wav",
        lambda i: f"C:\\speech\\{i.upper()}.WAV",
        lambda i: f"wav/{i}.flac",
        str.lower,
    ],
)
def test_paths_suffixes_and_case_are_read_as_ids(read, truths, name):
    theirs = read(truths.assign(id=truths["id"].map(name)))
    assert theirs.table["id"].tolist() == truths["id"].tolist()
    assert any("names are read as ids" in note for note in theirs.notes)


def test_accents_may_be_encoded_in_either_way(utterances):
    composed, apart = (unicodedata.normalize(form, "wav/Jürgen 0") for form in ("NFC", "NFD"))
    utterance = replace(utterances[0], id=composed, path=Path("a.wav"))
    assert Names([utterance]).match([apart], "theirs") == {apart: composed}


def test_predictions_that_are_not_their_largest_probability_are_named(read, truths):
    shares = {f"p_{label}": (truths["truth"] == label) * 1.0 for label in LABELS}
    table = truths.assign(**shares)
    assert not any("DIFFER" in line for line in read(table).wrong)
    table.loc[3, "prediction"] = next(label for label in LABELS if label != table["truth"][3])
    (line,) = [line for line in read(table).wrong if "DIFFER" in line]
    assert "1 prediction is not of the largest probability" in line
    assert table["id"][3] in line


def test_equal_file_names_in_two_folders_are_told_apart_by_the_folders(utterances):
    a, b = (
        replace(utterances[i], id=f"{folder}_1", path=Path(folder, "1.wav"))
        for i, folder in enumerate("ab")
    )
    assert Names([a, b]).match(["x/a/1.wav", "b/1.wav"], "t") == {
        "x/a/1.wav": "a_1",
        "b/1.wav": "b_1",
    }
    with pytest.raises(
        RunError, match=r"several utterances of the corpus share: 1\.wav \(a_1, b_1\)"
    ):
        Names([a, b]).match(["1.wav"], "t")


def test_names_that_are_all_ids_are_these_whatever_files_are_called(utterances):
    ids = ("#1", "1", "NaN", "nan", "a/b", "b")
    listed = [
        replace(utterance, id=name, path=Path(f"{i}.wav"))
        for i, (utterance, name) in enumerate(zip(utterances, ids, strict=False))
    ]
    assert Names(listed).match(ids, "t") == {name: name for name in ids}


def test_columns_are_named_by_a_mapping_and_others_do_not_matter(read, truths):
    strange = truths.rename(columns={"id": "Datei", "prediction": "out"}).assign(x="?")
    theirs = read(strange, {"id": "datei", "predicted": "out"})
    assert theirs.table["prediction"].tolist() == truths["prediction"].tolist()


def test_words_for_emotions_are_beginnings_of_labels_or_mapped(read, truths):
    short = truths["prediction"].str[:3].replace({"hap": "W"})
    theirs = read(truths.assign(prediction=short), None, {"W": "happiness"})
    assert theirs.table["prediction"].tolist() == truths["prediction"].tolist()
    assert any("W is happiness" in note and "ang is anger" in note for note in theirs.notes)


def test_an_emotion_that_the_corpus_lacks_counts_as_wrong_once_it_is_said(read, truths):
    odd = truths.assign(prediction=["surprise", *truths["prediction"][1:]])
    with pytest.raises(ConfigError, match=r"surprise \(1\).*'emotions=\{surprise: "):
        read(odd)
    theirs = read(odd, None, {"surprise": None})
    assert (theirs.table["prediction"] != theirs.table["truth"]).sum() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(id=["99x", *t["id"][1:]]), "names 1 of 42 utterances .* have: 99x"),
        (lambda t: pd.concat([t, t[:1]]), r"more than once: 03a01Aa \(2 times\)"),
        (lambda t: t.drop(columns="prediction"), "none of them is called prediction or predicted"),
        (lambda t: t.assign(prediction=["", *t["prediction"][1:]]), "nothing in .* for 03a01Aa"),
        (
            lambda t: t.drop(columns="prediction").assign(p_anger=1.0),
            "probabilities of anger, and the corpus has",
        ),
        (lambda t: t[:0], "no lines below a heading"),
        (lambda t: t.assign(p_anger=1.0), "probabilities of anger, and the corpus has"),
        (
            lambda t: t.assign(**{f"p_{label}": 1.0 for label in LABELS}),
            "42 lines have probabilities that are not between 0 and 1",
        ),
    ],
)
def test_what_does_not_match_is_listed(read, truths, change, message):
    with pytest.raises(SerError, match=message):
        read(change(truths.sort_values("id")))


def test_headings_of_probabilities_that_are_not_there_are_named(read, truths):
    with pytest.raises(RunError, match="has probabilities of no emotion, and the corpus has"):
        read(truths, {"probabilities": "score_"})


def test_a_column_that_does_not_exist_is_named_with_those_that_do(read, truths):
    with pytest.raises(ConfigError, match=r"columns\.id='fil'.*choose one of id, truth"):
        read(truths, {"id": "fil"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,pred\na,anger\nb\n", r"lines of other lengths: b \(1\)"),
        ("id,pred\na,anger,x\n", r"lines of other lengths: a \(3\)"),
        ("id,id\na,b\n", "two columns called id"),
        ("PK\x03\x04\0\0", "is not a text file"),
        (f"id,pred\na,{'x' * 200_000}\n", r"cannot be read as CSV \(line 2: field larger than"),
        ("", "no lines below a heading"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(RunError, match=message):
        read_csv(path)


def test_a_file_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(RunError, match=r"absent\.csv is not a file"):
        read_csv(tmp_path / "absent.csv")


def test_missing_rows_and_other_labels_are_named_and_judged_by_the_corpus(read, truths):
    odd = truths[1:].assign(truth=["fear" if t == "anger" else t for t in truths["truth"][1:]])
    theirs = read(odd)
    first, second = theirs.wrong
    assert first.startswith(
        f"1 of 42 utterances of the corpus have no prediction: {truths['id'][0]}"
    )
    assert second.startswith("THEIR LABELS DIFFER for ")
    assert (theirs.table["prediction"] == theirs.table["truth"]).all()


def test_folds_of_speakers_are_new_speakers(judge, truths):
    text = judge(truths)
    assert "new speakers: as cv=speaker here; no tested speaker is trained on" in text
    assert "3 speakers are too few for an interval over them" in text
    assert "UAR 100.0 % 100.0 to 100.0 –" in text


def test_folds_may_have_other_numbers_at_another_seed(judge, truths):
    others = truths.assign(seed=1, fold=truths["fold"].map({"03": "08", "08": "09", "09": "03"}))
    text = judge(pd.concat([truths.assign(seed=0), others]))
    assert "3 folds by the column of folds" in text
    assert "new speakers: as cv=speaker here" in text


def test_random_folds_say_nothing_of_new_speakers(judge, truths):
    text = judge(truths.assign(fold=[i % 3 for i in range(len(truths))]))
    assert "random utterances: as cv=stratified here; in every fold tested speakers" in text
    assert "speakers tested and trained on: 03, 08, 09" in text


def test_without_folds_nothing_is_said_of_them(judge, truths):
    text = judge(truths.drop(columns="fold"))
    assert "nothing says what was trained on" in text
    assert "Regime" not in text


def test_a_list_of_sides_is_believed_and_compared_with_what_is_predicted(judge, truths, tmp_path):
    sides = ["test" if i.startswith("03") else "train" for i in truths["id"]]
    table = pd.DataFrame({"file": "wav/" + truths["id"] + ".wav", "split": sides})
    table.to_csv(tmp_path / "folds.csv", index=False)
    text = judge(truths.drop(columns="fold"), f"folds={tmp_path}/folds.csv")
    assert "28 utterances are predicted, and not tested in any fold of the list" in text
    assert "new speakers: as cv=speaker here" in text
    assert "no validation side is listed" in text


def test_lists_of_emobox_are_read_and_other_folds_than_those_predicted_are_noticed(
    judge, truths, tmp_path
):
    for number in (1, 2):
        for side in ("train", "test"):
            ids = [
                name
                for i, name in enumerate(truths["id"])
                if (i % 2 == number % 2) == (side == "test")
            ]
            path = tmp_path / f"fold_{number}" / f"emodb_{side}_fold_{number}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f'{{"wav": "x/{name}.wav"}}\n' for name in ids))
    text = judge(truths, f"folds={tmp_path}")
    assert "lists 2 folds the folds of the predictions are not those of the list" in text
    assert "as cv=stratified here" in text


def test_a_recording_that_is_tested_under_another_name_is_a_leak(judge, truths, emodb, tmp_path):
    root = tmp_path / "corpus"
    shutil.copytree(emodb.root, root)
    (root / "wav" / "08b02Fz.wav").write_bytes((root / "wav" / "03a01Fa.wav").read_bytes())
    twin = {"id": "08b02Fz", "truth": "happiness", "prediction": "happiness", "fold": "08"}
    table = pd.concat([truths, pd.DataFrame([twin])])
    with pytest.raises(LeakageError, match=r"in 2 of 3 folds, .*08b02Fz = 03a01Fa"):
        judge(table, f"data.root={root}")


def test_what_is_tested_and_trained_on_ends_the_audit_as_a_leak(judge, truths, tmp_path, capsys):
    rows = pd.concat(
        [truths[["id"]].assign(side="train"), truths.loc[:1, ["id"]].assign(side="test")]
    )
    rows.to_csv(tmp_path / "folds.csv", index=False)
    with pytest.raises(LeakageError, match="in 1 of 1 folds, tested utterances themselves are"):
        judge(truths.drop(columns="fold"), f"folds={tmp_path}/folds.csv")
    assert "What they reach" in capsys.readouterr().out


def test_they_are_compared_with_ours_and_all_is_written_as_markdown(judge, truths, tmp_path):
    ours = truths.assign(view="original", speaker=truths["fold"], seed=0, prediction="anger")
    ours.assign(fold=0).to_csv(tmp_path / "ours.csv", index=False)
    text = judge(truths, f"ours={tmp_path}/ours.csv", f"output={tmp_path}/new/page.md")
    assert re.search(r"UAR 42 utterances \+85\.7 \+\S+ to \+\S+ < \.001", text)
    assert "the folds are not the same" in text
    page = (tmp_path / "new" / "page.md").read_text("utf-8")
    assert "| UAR | 42 utterances | +85.7 |" in page
    assert page.count("\n## ") == 7


def test_damaged_folds_of_ours_are_named_and_no_sign_of_other_training_sides(
    judge, truths, tmp_path
):
    tested = truths.assign(fold=(truths["fold"].rank(method="dense") - 1).astype(int))
    ours = tested.assign(view="original", speaker=truths["fold"], seed=0)
    ours = ours.assign(**{f"p_{label}": (ours["prediction"] == label) * 1.0 for label in LABELS})
    run = write_run(tmp_path / "runs/emodb/svm/speaker", ours, folds=tested["fold"].nunique())
    cells = read_json(run / KEPT)
    cells["cells"]["fold-00/seed-0"]["folds"] = "many"
    write_json(run / KEPT, cells)
    text = judge(tested, f"ours={run}")
    assert "left out of ours: " in text
    assert "the folds are not the same" not in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no table of predictions; pass a table like"),
        (b"\xff\xd8\xff", "is no table of predictions; pass a table like"),
        (b"id,truth\na,anger\n", "lacks the columns fold, prediction, seed"),
    ],
)
def test_ours_that_is_no_table_of_predictions_is_refused(judge, truths, tmp_path, content, message):
    (tmp_path / "ours.csv").write_bytes(content)
    with pytest.raises(RunError, match=message):
        judge(truths, f"ours={tmp_path}/ours.csv")


def test_words_of_emotions_are_mapped_on_the_command_line(judge, truths):
    numbers = truths.assign(prediction=truths["prediction"].map(list(LABELS).index))
    mapping = ", ".join(f"{i}: {label}" for i, label in enumerate(LABELS))
    assert "UAR 100.0 %" in judge(numbers, f"emotions={{{mapping}}}")


@pytest.mark.parametrize("column", ["prediction", "truth", "fold", "seed"])
def test_cells_that_are_empty_are_named(judge, truths, column):
    table = truths.assign(seed=0).astype({column: object})
    table.loc[2, column] = None
    place = rf"the column {column} for {truths['id'][2]}; complete it"
    with pytest.raises(RunError, match=place):
        judge(table)


def test_settings_of_predictions_alone_are_refused(judge, truths, tmp_path):
    with pytest.raises(ConfigError, match="pass predictions=… too"):
        judge(truths, "predictions=null", f"ours={tmp_path}")
