"""Lists of folds: three forms are read, their claims checked, and folds come out as listed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from iemocap_layout import write_iemocap

from ser.corpora.corpus import Utterance
from ser.corpora.iemocap import IEMOCAP
from ser.corpora.row import Row
from ser.errors import ConfigError, FoldError, LeakageError
from ser.folds import Fold, Regime, regime
from ser.folds.guard import check_fold, describe
from ser.folds.lists import read

EMOTIONS = {"W": "anger", "N": "neutral", "T": "sadness"}
WORDS = {"anger": "anger", "neutral": "neutral", "sadness": "sad"}


def corpus(speakers: Iterable[str] = ("03", "08", "09", "10")) -> list[Utterance]:
    """Every speaker says two sentences in three emotions; ids as in EmoDB."""
    names = [f"{p}{s}{e}a" for p in speakers for s in ("a01", "b02") for e in EMOTIONS]
    return [Utterance(n, Path(f"{n}.wav"), EMOTIONS[n[5]], n[:2], n[2:5]) for n in names]


IDS = [u.id for u in corpus()]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def csv(path: Path, *rows: str, heading: str = "id,fold") -> Path:
    return write(path / "folds.csv", "\n".join([heading, *rows]) + "\n")


def by_speaker(path: Path) -> Path:
    """Speaker 03 is tested in fold 1, 08 in fold 2 and so on."""
    folds = {"03": 1, "08": 2, "09": 3, "10": 10}
    return csv(path, *(f"{name},{folds[name[:2]]}" for name in IDS))


def sides(fold: Fold, utterances: list[Utterance], key: str = "speaker") -> list[set[str]]:
    held = (fold.train, fold.validation, fold.test)
    return [{getattr(utterances[i], key) for i in side} for side in held]


def emobox(
    folder: Path, folds: Mapping[int, Mapping[str, Iterable[str]]], new: bool = True
) -> Path:
    """Write JSON lines as EmoBox does: with wav and emo now, with audio and label before."""
    audio, label = ("wav", "emo") if new else ("audio", "label")
    for number, lists in folds.items():
        for side, names in lists.items():
            rows = (
                {
                    "key": f"emodb-{name}",
                    "dataset": "emodb",
                    audio: f"downloads/emodb/wav/{name}.wav",
                    label: WORDS[EMOTIONS[name[5]]],
                }
                for name in names
            )
            bar = "_" if new else ""
            path = folder / f"fold_{number}" / f"emodb_{side}_fold{bar}{number}.jsonl"
            write(path, "\n".join(json.dumps(row) for row in rows) + "\n")
    return folder


THIRDS = {
    number: {
        "test": IDS[number - 1 :: 3],
        "train": [name for i, name in enumerate(IDS) if i % 3 != number - 1],
    }
    for number in (1, 2, 3)
}
BEFORE = {1: 3, 2: 1, 3: 2}


def predefined(path: Path, **settings: Any) -> Regime:
    return regime("predefined", file=path, **settings)


def test_csv_tests_each_utterance_in_its_fold_and_counts_folds_as_numbers(tmp_path: Path) -> None:
    chosen = predefined(by_speaker(tmp_path))
    assert chosen.num_folds(corpus()) == 4
    tested = [sides(chosen.fold(corpus(), i), corpus())[2] for i in range(4)]
    assert tested == [{"03"}, {"08"}, {"09"}, {"10"}]


def test_validation_is_the_test_side_of_the_fold_before(tmp_path: Path) -> None:
    chosen = predefined(by_speaker(tmp_path))
    judges = [sides(chosen.fold(corpus(), i), corpus())[1] for i in range(4)]
    assert judges == [{"10"}, {"03"}, {"08"}, {"09"}]


def test_without_validation_all_that_is_not_tested_is_trained_on(tmp_path: Path) -> None:
    fold = predefined(by_speaker(tmp_path)).fold(corpus(), 0, validation=False)
    assert sides(fold, corpus()) == [{"08", "09", "10"}, set(), {"03"}]


def test_csv_may_name_the_fold_that_an_utterance_validates(tmp_path: Path) -> None:
    judge = {"08": "1", "09": "2"}
    rows = [f"{n},{ {'03': '1', '08': '2'}.get(n[:2], '') },{judge.get(n[:2], '')}" for n in IDS]
    chosen = predefined(csv(tmp_path, *rows, heading="id,fold,validation"))
    assert sides(chosen.fold(corpus(), 0), corpus()) == [{"09", "10"}, {"08"}, {"03"}]
    assert sides(chosen.fold(corpus(), 1), corpus()) == [{"03", "10"}, {"09"}, {"08"}]


def test_csv_may_name_the_side_and_leave_utterances_unused(tmp_path: Path) -> None:
    side = {"03": "test", "08": "Valid", "09": "train"}
    rows = [f"{n},0,{side[n[:2]]}" for n in IDS if n[:2] in side]
    path = csv(tmp_path, *rows, heading="id,fold,side")
    chosen = predefined(path, subset=True)
    assert sides(chosen.fold(corpus(), 0), corpus()) == [{"09"}, {"08"}, {"03"}]
    assert "the list leaves 6 of 24 utterances out" in chosen.notes(corpus())
    with pytest.raises(FoldError, match=r"does not list .* 10a01Na, 10a01Ta.*cv.subset=true"):
        predefined(path).fold(corpus(), 0)


def test_one_listed_fold_is_carved_by_what_it_keeps_apart(tmp_path: Path) -> None:
    rows = [f"{name},{'0' if name.startswith('03') else ''}" for name in IDS]
    fold = predefined(csv(tmp_path, *rows)).fold(corpus(), 0)
    train, judge, tested = sides(fold, corpus())
    assert tested == {"03"}
    assert len(judge) == 1
    assert not train & judge


def test_one_listed_fold_that_keeps_nothing_apart_is_carved_by_utterances(tmp_path: Path) -> None:
    tested = set(IDS[::4])
    rows = [f"{name},{'0' if name in tested else ''}" for name in IDS]
    fold = predefined(csv(tmp_path, *rows)).fold(corpus(), 0)
    assert {corpus()[i].id for i in fold.test} == tested
    assert len(fold.validation) in (3, 4)  # a fifth of 18
    assert len(fold.train) + len(fold.validation) == 18


@pytest.mark.parametrize("new", [True, False], ids=["wav and emo", "audio and label"])
def test_emobox_folds_come_out_as_listed(new: bool, tmp_path: Path) -> None:
    chosen = predefined(emobox(tmp_path, THIRDS, new))
    for number, lists in THIRDS.items():
        fold = chosen.fold(corpus(), number - 1)
        assert {corpus()[i].id for i in fold.test} == set(lists["test"])
        assert {corpus()[i].id for i in fold.validation} == set(THIRDS[BEFORE[number]]["test"])


def test_emobox_folds_say_that_speakers_are_on_both_sides(tmp_path: Path) -> None:
    chosen = predefined(emobox(tmp_path, THIRDS))
    found = [
        check_fold(chosen.fold(corpus(), i), corpus(), chosen.name, chosen.groups) for i in range(3)
    ]
    assert describe(found)[0] == "in every fold, all 4 test speakers are also in training"
    assert chosen.notes(corpus()) == [
        f"folds are those of {tmp_path} (EmoBox): 3 folds, each utterance is tested once"
    ]


def test_names_of_files_that_are_no_ids_are_understood(tmp_path: Path) -> None:
    odd = [replace(u, path=Path(f"x/{u.id} (1).WAV")) for u in corpus()]
    listed = {
        number: {side: [f"{name} (1)" for name in names] for side, names in lists.items()}
        for number, lists in THIRDS.items()
    }
    fold = predefined(emobox(tmp_path, listed)).fold(odd, 0)
    assert {odd[i].id for i in fold.test} == set(THIRDS[1]["test"])


def test_emobox_list_of_validation_is_taken(tmp_path: Path) -> None:
    lists = {1: {"test": IDS[:6], "valid": IDS[6:12], "train": IDS[12:]}}
    fold = predefined(emobox(tmp_path, lists)).fold(corpus(), 0)
    assert sides(fold, corpus()) == [{"09", "10"}, {"08"}, {"03"}]


def test_emobox_folder_of_one_fold_is_one_fold(tmp_path: Path) -> None:
    emobox(tmp_path, THIRDS)
    assert predefined(tmp_path / "fold_2").num_folds(corpus()) == 1


def test_emobox_lists_that_are_there_under_two_names_are_read_once(tmp_path: Path) -> None:
    emobox(tmp_path, THIRDS, new=False)
    assert predefined(emobox(tmp_path, THIRDS)).num_folds(corpus()) == 3


def test_s3prl_sessions_are_folds_and_its_wrong_speakers_are_named(tmp_path: Path) -> None:
    utterances = IEMOCAP(write_iemocap(tmp_path / "corpus")).utterances()
    short = {"anger": "ang", "happiness": "hap", "neutral": "neu", "sadness": "sad"}
    for session in "12345":
        for side in ("train", "test"):
            chosen = [u for u in utterances if (u.session == session) == (side == "test")]
            rows = [
                {
                    "path": f"Session{u.session}/sentences/wav/{u.id[:-5]}/{u.id}.wav",
                    "label": short[u.emotion],
                    "speaker": u.id[:6],  # whom the dialogue is named after
                }
                for u in chosen
            ]
            path = tmp_path / f"meta/Session{session}/{side}_meta_data.json"
            write(path, json.dumps({"labels": {}, "meta_data": rows}))
    chosen = predefined(tmp_path / "meta")
    folds = [chosen.fold(utterances, i) for i in range(chosen.num_folds(utterances))]
    held = [sides(fold, utterances, "session")[1:] for fold in folds]
    assert held[:3] == [[{"5"}, {"1"}], [{"1"}, {"2"}], [{"2"}, {"3"}]]
    notes = chosen.notes(utterances)
    assert any("the speaker in the list is not" in note for note in notes)
    assert not any("the emotion" in note for note in notes)
    alone = predefined(tmp_path / "meta" / "Session3" / "test_meta_data.json")
    train, judge, tested = sides(alone.fold(utterances, 0), utterances, "session")
    assert tested == {"3"}
    assert not train & judge


def test_labels_that_are_not_those_of_the_corpus_are_named(tmp_path: Path) -> None:
    words = {**{u.id: u.emotion for u in corpus()}, IDS[0]: "neutral"}
    rows = [f"{name},{i % 2},{words[name]}" for i, name in enumerate(IDS)]
    notes = predefined(csv(tmp_path, *rows, heading="id,fold,emotion")).notes(corpus())
    assert notes[1:] == [
        f"the emotion in the list is not that of the corpus for {IDS[0]} (neutral)"
    ]


def test_word_of_a_list_that_is_one_of_the_corpus_means_that_one(tmp_path: Path) -> None:
    """A dialogue is named after one of its two speakers, who may have fewer turns in it."""
    said = [u.speaker if u.speaker in ("03", "09") else "03" for u in corpus()]
    said[1:6] = ["09"] * 5  # of 03, who is called so once only
    rows = [f"{name},{i % 2},{said[i]}" for i, name in enumerate(IDS)]
    (note,) = predefined(csv(tmp_path, *rows, heading="id,fold,speaker")).notes(corpus())[1:]
    differ = [u.id for u, word in zip(corpus(), said, strict=True) if u.speaker != word]
    assert f"({len(differ)} in all)" in note
    assert IDS[0] not in note


def test_numbers_of_a_list_that_happen_to_be_other_names_of_the_corpus_are_words(
    tmp_path: Path,
) -> None:
    """The tenth speaker of a list is no speaker called 10."""
    numbers = {"03": "08", "08": "09", "09": "10", "10": "11"}
    rows = [f"{u.id},{i % 2},{numbers[u.speaker]}" for i, u in enumerate(corpus())]
    assert predefined(csv(tmp_path, *rows, heading="id,fold,speaker")).notes(corpus())[1:] == []


@pytest.mark.parametrize("side", ["train", "test"])
def test_list_that_names_absent_utterances_is_used_without_them(side: str, tmp_path: Path) -> None:
    rows = [f"{name},0,{'test' if name.startswith('03') else 'train'}" for name in IDS]
    path = csv(tmp_path, *rows, f"99a01Wa,0,{side}", heading="id,fold,side")
    with pytest.raises(FoldError, match=r"99a01Wa.*cv\.missing=skip"):
        predefined(path).fold(corpus(), 0)
    chosen = predefined(path, missing="skip")
    fold = chosen.fold(corpus(), 0)
    assert sides(fold, corpus())[2] == {"03"}
    assert chosen.notes(corpus()) == [
        f"folds are those of {path} (csv): one fold, which tests 6 of 24 utterances once",
        "the list names 1 utterance that the corpus does not have, and it is skipped: 99a01Wa",
    ]


def test_list_of_another_corpus_is_refused_even_if_absent_files_are_skipped(tmp_path: Path) -> None:
    rows = [f"99{name[2:]}{i},{i % 3}" for i, name in enumerate(IDS)]
    with pytest.raises(FoldError, match=r"no utterance of the train side of fold 0"):
        predefined(csv(tmp_path, *rows), missing="skip", subset=True).fold(corpus(), 0)


def test_what_becomes_of_absent_files_is_a_choice_of_lists_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cv\.missing='leave' is unknown"):
        predefined(by_speaker(tmp_path), missing="leave")
    with pytest.raises(ConfigError, match=r"cv=speaker has no such setting"):
        regime("speaker", missing="skip")


def test_copies_go_where_their_utterance_is_listed(tmp_path: Path) -> None:
    rows = [Row(u, view) for view in ("original", "noise") for u in corpus()]
    fold = predefined(by_speaker(tmp_path)).fold(rows, 0, validation=False)
    assert sides(fold, rows) == [{"08", "09", "10"}, set(), {"03"}]
    assert len(fold.test) == 12


@pytest.mark.parametrize("name", ["stratified", "speaker", "speaker_sentence", "holdout"])
def test_folds_written_to_a_csv_are_read_as_they_were(name: str, tmp_path: Path) -> None:
    chosen = regime(name, 3 if name == "stratified" else 2 if name == "speaker_sentence" else None)
    utterances = corpus()
    validation = name != "speaker_sentence"  # two sentences are too few for three sides
    dealt = [chosen.fold(utterances, i, validation) for i in range(chosen.num_folds(utterances))]
    rows = [
        f"{utterances[i].id},{fold.index},{side}"
        for fold in dealt
        for side in ("train", "validation", "test")
        for i in getattr(fold, side)
    ]
    listed = predefined(csv(tmp_path, *rows, heading="id,fold,side"))
    for fold in dealt:
        again = listed.fold(utterances, fold.index, validation)
        for side in ("train", "validation", "test"):
            assert np.array_equal(np.sort(getattr(fold, side)), getattr(again, side))


def test_id_that_the_corpus_does_not_have_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = csv(tmp_path, *(f"{name},{i % 3}" for i, name in enumerate([*IDS, "99a01Wa"])))
    with pytest.raises(FoldError, match="that the corpus does not have: 99a01Wa"):
        predefined(path).fold(corpus(), 0)


def test_many_missing_ids_are_counted(tmp_path: Path) -> None:
    with pytest.raises(FoldError, match=r"does not have: .*, … \(18 in all\)"):
        predefined(by_speaker(tmp_path)).fold(corpus(["03"]), 0)


def test_utterance_that_is_listed_on_two_sides_is_leakage(tmp_path: Path) -> None:
    rows = [f"{name},0,{'test' if i < 6 else 'train'}" for i, name in enumerate(IDS)]
    rows.append(f"{IDS[0]},0,train")
    with pytest.raises(LeakageError, match=f"id {IDS[0]} is on two sides"):
        predefined(csv(tmp_path, *rows, heading="id,fold,side")).fold(corpus(), 0)


@pytest.mark.parametrize(
    ("heading", "rows", "message"),
    [
        ("name,fold", ["a,1"], "needs id and fold"),
        ("id,fold,side,validation", ["a,1,test,2"], "either side or validation"),
        ("id,fold,side", ["a,1,exam"], "side 'exam' of a must be one of train"),
        ("id,fold", ["a,1", "a,2"], "lists twice: a"),
        ("id,fold,side", ["a,1,train", "a,1,train"], "lists twice: a"),
        ("id,fold", ["a,1"], "fold 1 has no train side"),
        ("id,fold", [], "lists no fold at all"),
    ],
)
def test_csv_that_is_no_list_is_an_error(
    heading: str, rows: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(FoldError, match=message):
        read(csv(tmp_path, *rows, heading=heading))


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "is not JSON"), ("[" * 99_999, "is not JSON"), ("[1]", "not an entry of a list")],
)
def test_broken_json_is_an_error_that_names_the_file(
    text: str, message: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "fold_1" / "emodb_test_fold_1.jsonl", text)
    with pytest.raises(FoldError, match=f"{path.name} .*{message}"):
        read(tmp_path)


def test_a_csv_of_a_word_without_end_is_named(tmp_path: Path) -> None:
    path = tmp_path / "folds.csv"
    path.write_bytes(b"id,fold\n" + b"a" * 200_000 + b",1\n")
    with pytest.raises(FoldError, match=r"folds\.csv cannot be read as CSV \(line 2"):
        read(path)


def test_the_same_folds_in_another_order_and_form_of_text_are_the_same(tmp_path: Path) -> None:
    path = by_speaker(tmp_path)
    heading, *rows = path.read_text().splitlines()
    folds = read(path).folds
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([heading, *rows[::-1], ""]).encode())
    assert read(path).folds == folds


@pytest.mark.parametrize("row", ['{"wav": 3}', '{"wav": ["a"]}', '{"key": null}', "{}"])
def test_entries_without_a_file_name_no_utterance(row: str, tmp_path: Path) -> None:
    folder = tmp_path / "fold_1"
    write(folder / "emodb_train_fold_1.jsonl", '{"wav": "b.wav"}')
    write(folder / "emodb_test_fold_1.jsonl", row)
    with pytest.raises(FoldError, match=r"rows without an id \(1\)"):
        predefined(tmp_path).fold(corpus(), 0)


@pytest.mark.parametrize("content", ["3", '"a"', "[3]", "null", "{}"])
def test_s3prl_without_entries_is_an_error(content: str, tmp_path: Path) -> None:
    write(tmp_path / "Session1" / "train_meta_data.json", f'{{"meta_data": {content}}}')
    with pytest.raises(FoldError, match="no list of entries under meta_data"):
        read(tmp_path)


def test_absent_list_is_an_error_that_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(FoldError, match=r"not a list of folds: looked for a \.csv"):
        read(tmp_path / "nothing")


def test_fold_that_is_not_listed_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(FoldError, match="fold=4 does not exist: cv=predefined gives 4 folds"):
        predefined(by_speaker(tmp_path)).fold(corpus(), 4)
