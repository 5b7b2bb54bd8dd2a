"""Tables as people have them: whatever is right is read, and whatever is wrong is named at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ser.corpora import Table
from ser.errors import ConfigError, CorpusError
from ser.features.audio import duration_of

Write = Callable[..., Path]
HEAD = "path,emotion,speaker"
ROWS = ("wav/anna-1.wav,joy,anna", "wav/bert-1.wav,anger,bert")


def test_a_row_is_an_utterance(table: Write, folder: Path) -> None:
    first = Table(table(HEAD, *ROWS)).utterances()[0]
    assert (first.id, first.emotion, first.speaker) == ("wav/anna-1.wav", "joy", "anna")
    assert first.path == folder / "wav" / "anna-1.wav"
    assert (first.start, first.end, first.sentence, first.split) == (0.0, None, None, None)


def test_it_is_called_like_its_file(table: Write) -> None:
    assert Table(table(HEAD, *ROWS)).name == "calls"
    assert Table(table(HEAD, *ROWS), name="mine").name == "mine"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_programs_save_tables_otherwise(delimiter: str, encoding: str, table: Write) -> None:
    lines = [line.replace(",", delimiter) for line in (HEAD, *ROWS)]
    padded = [f"{line}{2 * delimiter}\r" for line in lines] + [4 * delimiter]
    saved = table(*padded, encoding=encoding)
    assert [u.speaker for u in Table(saved).utterances()] == ["anna", "bert"]


def test_a_row_that_is_cut_short_is_named(table: Write) -> None:
    saved = table(HEAD, *ROWS[:1], ROWS[1].rpartition(",")[0])
    with pytest.raises(CorpusError, match="speaker is empty: row 3"):
        Table(saved).utterances()


def test_json_lines_and_parquet_give_what_a_csv_gives(table: Write, folder: Path) -> None:
    plain = Table(table(HEAD, *ROWS)).utterances()
    rows = [dict(zip(HEAD.split(","), row.split(","), strict=True)) for row in ROWS]
    lines = table(*map(json.dumps, rows), name="calls.jsonl")
    assert Table(lines).utterances() == plain
    pytest.importorskip("pyarrow", reason="parquet needs pyarrow")
    pd.DataFrame(rows).to_parquet(folder / "calls.parquet")
    assert Table(folder / "calls.parquet").utterances() == plain


def test_parquet_without_its_reader_is_refused_with_the_way_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: Path) -> None:
        raise ImportError("no pyarrow")

    (folder / "calls.parquet").touch()
    monkeypatch.setattr(pd, "read_parquet", missing)
    with pytest.raises(CorpusError, match="pip install pyarrow, or save it as CSV"):
        Table(folder / "calls.parquet").utterances()


def test_what_is_no_text_in_json_lines_or_parquet_is_read_past(table: Write, folder: Path) -> None:
    rows = [dict(zip(HEAD.split(","), row.split(","), strict=True)) for row in ROWS]
    more = [
        {**row, "tags": tags, "text": "a\u2028b"}
        for row, tags in zip(rows, ([], ["x", "y"]), strict=True)
    ]
    lines = table(*(json.dumps(row, ensure_ascii=False) for row in more), name="calls.jsonl")
    assert [u.speaker for u in Table(lines).utterances()] == ["anna", "bert"]
    pytest.importorskip("pyarrow", reason="parquet needs pyarrow")
    pd.DataFrame(more).to_parquet(folder / "calls.parquet")
    assert [u.speaker for u in Table(folder / "calls.parquet").utterances()] == ["anna", "bert"]


def test_of_two_spellings_of_a_column_the_exact_one_is_taken(table: Write) -> None:
    file = table(f"{HEAD},Speaker", *(f"{row},x" for row in ROWS))
    assert [u.speaker for u in Table(file).utterances()] == ["anna", "bert"]


def test_columns_may_have_names_of_their_own(table: Write) -> None:
    file = table("Speaker,wav,label", "anna,wav/anna-1.wav,joy", "bert,wav/bert-1.wav,anger")
    read = Table(file, columns={"path": "wav", "emotion": "label"}).utterances()
    assert [(u.speaker, u.emotion) for u in read] == [("anna", "joy"), ("bert", "anger")]


def test_a_column_that_is_missing_is_proposed(table: Write) -> None:
    with pytest.raises(CorpusError, match=r"no column path or emotion .*\{path: WAV, emotion: …\}"):
        Table(table("WAV,speaker", "a,b")).utterances()


def test_a_mapped_column_must_be_there_and_known(table: Write) -> None:
    file = table(HEAD, *ROWS)
    with pytest.raises(ConfigError, match=r"has no such column, but path, emotion, speaker"):
        Table(file, columns={"path": "wav"}).utterances()
    with pytest.raises(ConfigError, match=r"data.columns='speeker' is unknown .*'speaker'"):
        Table(file, columns={"speeker": "speaker"}).utterances()


def test_stretches_of_one_file_are_utterances_of_their_own(table: Write) -> None:
    file = table(f"{HEAD},start,end", "wav/anna-1.wav,joy,anna,,0.2", "wav/anna-1.wav,anger,b,0.2,")
    listed = Table(file, probe=duration_of)
    listed.verify()
    assert [(u.start, u.end) for u in listed.utterances()] == [(0.0, 0.2), (0.2, None)]


def test_groups_are_read_and_empty_cells_are_none(table: Write) -> None:
    heading = f"{HEAD},sentence,session,sex,age,language,split"
    file = table(heading, f"{ROWS[0]},s1,,Female,34,de,train", f"{ROWS[1]},s2,,m,,de,test")
    anna, bert = Table(file).utterances()
    assert (anna.sentence, anna.session, anna.sex, anna.age) == ("s1", None, "f", "34")
    assert (bert.sex, bert.age, bert.language, bert.split) == ("m", None, "de", "test")


def test_paths_of_another_system_and_in_other_spellings_are_found(
    table: Write, folder: Path
) -> None:
    (folder / "wav" / "anna-1.wav").rename(folder / "wav" / "u\u0308ber.wav")
    file = table(HEAD, "wav\\\u00fcber.wav,joy,anna", ROWS[1])
    assert [u.id for u in Table(file).utterances()] == ["wav/bert-1.wav", "wav/\u00fcber.wav"]


def test_everything_wrong_is_named_at_once_by_row_and_rule(table: Write, folder: Path) -> None:
    (folder / "wav" / "noise.wav").write_text("no sound")
    file = table(
        f"{HEAD},start,end",
        "wav/anna-1.wav,joy,anna,,",
        "wav/gone.wav,joy,anna,,",
        "wav/anna-2.wav,,anna,,",
        "wav/anna-2.wav,joy,,,",
        "wav/bert-1.wav,jo,bert,,",
        "wav/bert-2.wav,joy,bert,0.3,0.2",
        "wav/bert-2.wav,joy,bert,soon,",
        "wav/bert-2.wav,joy,bert,0_1,0.6",
        "wav/anna-1.wav,joy,anna,,",
        "wav/bert-1.wav,anger,bert,0.1,7",
        "wav/noise.wav,anger,bert,,",
        "https://example.org/a.wav,anger,bert,,",
    )
    with pytest.raises(CorpusError) as error:
        Table(file, emotions=["joy", "anger"], probe=duration_of).verify()
    text = str(error.value)
    for said in (
        "file does not exist",
        "row 3 (wav/gone.wav)",
        "emotion is empty: row 4",
        "speaker is empty: row 5",
        "row 6 (jo (did you mean 'joy'?))",
        "end must come after start: row 7 (0.3 to 0.2)",
        "row 8 (soon to ",
        "row 9 (0_1 to 0.6)",
        "audio is listed twice: row 10 (anna-1.wav, as row 2)",
        "the file ends before: row 11 (0.1 to 7.0 of 0.50 s)",
        "audio cannot be decoded: row 12",
        "path is an address; download the file and name it: row 13",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            ("wav/anna-2.wav,Joy,anna",),
            r"case, spaces or .*\{Joy: joy\}': row 4 \('Joy', 'joy' in row 2",
        ),
        (("wav/anna-2.wav,joy,Anna",), r"speaker differs .* row 4 \('Anna', 'anna' in row 2"),
        (
            ("wav/anna-2.wav,joy,an\u200bna",),
            r"speaker differs .* row 4 \('an\\u200bna', 'anna' in",
        ),
        (
            ("wav/anna-2.wav,joy,01", "wav/bert-2.wav,joy,1"),
            r"speaker differs .* only in how its number is written; .* row 5 \('1', '01' in row 4",
        ),
        (
            ("wav/anna-2.wav,joy,3rd", "wav/bert-2.wav,joy,3RD"),
            r"speaker differs .* only in case, spaces .* row 5 \('3RD', '3rd' in row 4",
        ),
        (("/wav/gone.wav,joy,anna",), r"file does not exist: row 4 \(/wav/gone.wav"),
        (("C:\\wav\\gone.wav,joy,anna",), r"file does not exist: row 4 \(C:"),
        (("wav/anna-1.wav,anger,anna",), r"twice, with two emotions: row 4 \(anna-1.wav, as row 2"),
        (("wav/anna-2.wav,NaN,anna",), r"emotion is not known; .*\{NaN: null\}': row 4$"),
        (("wav/anna-2.wav,joy,nan",), r"speaker is empty: row 4"),
        (("wav/anna-2.WAV,joy,anna",), r"anna-2.WAV \(did you mean 'anna-2.wav'\?\)"),
        (("wav/anna-2,joy,anna",), r"anna-2 \(did you mean 'anna-2.wav'\?\)"),
    ],
)
def test_what_was_likely_meant_is_said(rows: tuple[str, ...], said: str, table: Write) -> None:
    with pytest.raises(CorpusError, match=said):
        Table(table(HEAD, *ROWS, *rows)).utterances()


def test_names_that_only_look_like_gaps_are_names(table: Write) -> None:
    read = Table(table(HEAD, *ROWS, "wav/anna-2.wav,None,NA")).utterances()
    assert (read[1].emotion, read[1].speaker) == ("None", "NA")


def test_spellings_of_one_emotion_are_mapped_and_unknown_ones_left_out(table: Write) -> None:
    file = table(HEAD, *ROWS, "wav/anna-2.wav,Joy,anna", "wav/bert-2.wav,NaN,bert")
    read = Table(file, emotions={"Joy": "joy", "NaN": None})
    assert [u.emotion for u in read.utterances()] == ["joy", "joy", "anger"]
    assert sorted(read.labels) == ["anger", "joy"]


def test_paths_from_the_folder_one_is_in_are_told_from_those_below_the_table(
    table: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    rows = [row.replace("wav/", f"{folder.name}/wav/") for row in ROWS]
    with pytest.raises(CorpusError, match=r"but below this folder: pass data.root=\."):
        Table(table(HEAD, *rows)).utterances()
    assert len(Table(folder / "calls.csv", ".").utterances()) == 2


def test_decimal_commas_are_read_where_they_part_no_cells(table: Write) -> None:
    rows = ("wav/anna-1.wav;joy;anna;0,1;0,2", "wav/bert-1.wav;anger;bert;;0,25")
    listed = Table(table("path;emotion;speaker;start;end", *rows)).utterances()
    assert [(u.start, u.end) for u in listed] == [(0.1, 0.2), (0.0, 0.25)]


def test_stretches_that_overlap_are_noted(table: Write) -> None:
    rows = ("wav/anna-1.wav,joy,anna,0,0.3", "wav/anna-1.wav,anger,anna,0.2,0.4")
    apart = Table(table(f"{HEAD},start,end", *rows[:1], "wav/anna-1.wav,anger,anna,0.3,"))
    assert apart.notes == ()
    (note,) = Table(table(f"{HEAD},start,end", *rows)).notes
    assert note.startswith("1 stretch overlaps the one before in the same file: wav/anna-1.wav:0.2")


@pytest.mark.parametrize(
    ("lines", "name", "message"),
    [
        (ROWS, "calls.csv", r"begins with wav/anna-1.wav,joy,anna, which is no heading"),
        (
            (HEAD.replace(",speaker", ""), "a,b"),
            "calls.csv",
            r"If nobody knows who speaks, add one",
        ),
        ((), "calls.csv", r"lists no utterance"),
        ((HEAD,), "calls.csv", r"lists no utterance"),
        (("Calls of 2024", HEAD, *ROWS), "calls.csv", r"begins with 'Calls of 2024' alone"),
        (("Calls of 2024,,", HEAD, *ROWS), "calls.csv", r"has 3 columns. Remove what stands above"),
        (("path,path", "a,b"), "calls.csv", r"two columns called path"),
        ((HEAD, "a,b,c,d"), "calls.csv", r"more cells than the 3 of its heading in row 2"),
        (('{"path": 1', "[]"), "calls.jsonl", r"no JSON object in rows 1, 2"),
        (("[" * 200_000,), "calls.jsonl", r"no JSON object in row 1"),
    ],
)
def test_a_file_that_is_no_table_is_named(
    lines: tuple[str, ...], name: str, message: str, table: Write
) -> None:
    with pytest.raises(CorpusError, match=message):
        Table(table(*lines, name=name)).utterances()


def test_a_list_in_the_place_of_a_text_is_named(table: Write) -> None:
    row = {"path": "wav/anna-1.wav", "emotion": ["joy", "anger"], "speaker": {"name": "anna"}}
    whole = {"path": "wav/bert-1.wav", "emotion": "joy", "speaker": "bert"}
    with pytest.raises(CorpusError) as refused:
        Table(table(json.dumps(row), json.dumps(whole), name="calls.jsonl")).utterances()
    for role in ("emotion", "speaker"):
        assert f"{role} is a list or a mapping; write one text: row 1" in str(refused.value)


def test_a_table_in_the_encoding_of_old_spreadsheets_is_read(table: Write) -> None:
    rows = ("wav/anna-1.wav,Ärger,anna", "wav/bert-1.wav,joy,bert")
    assert Table(table(HEAD, *rows, encoding="cp1252")).labels == ("joy", "Ärger")


def test_a_table_that_is_not_there_and_none_at_all_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"gone.csv is (no|not a) file"):
        Table(tmp_path / "gone.csv").utterances()
    with pytest.raises(ConfigError, match=r"needs data.file="):
        Table(None)
    with pytest.raises(ConfigError, match=r"'.xlsx' is unknown; choose one of .csv"):
        Table(tmp_path / "calls.xlsx").utterances()
