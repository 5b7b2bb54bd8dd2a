"""Lists of folds as spreadsheets and other programs save them: read alike, or refused by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from ser.corpora import tables
from ser.corpora.corpus import Utterance
from ser.errors import FoldError
from ser.folds import formats
from ser.folds.lists import read
from ser.folds.predefined import Predefined

LINES = ["id,fold", "anna,1", "bärbel,1", "carl,2", "dora,2"]
PLAIN = "\n".join([*LINES, ""])
FOLDS = [{"anna", "bärbel"}, {"carl", "dora"}]

WAYS: dict[str, bytes] = {
    "plain": PLAIN.encode(),
    "byte order mark": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16, big endian": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "Windows": PLAIN.encode("cp1252"),
    "carriage returns": PLAIN.replace("\n", "\r\n").encode(),
    "carriage returns alone": PLAIN.replace("\n", "\r").encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "sep= of Excel": b"sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n").encode(),
    "quotes": "\n".join(
        ",".join(f'"{word}"' for word in line.split(",")) for line in LINES
    ).encode(),
    "empty rows": (PLAIN + ",\n,\n\n").encode(),
    "empty columns": "\n".join(f"{line},," for line in LINES).encode(),
    "capitals and space": PLAIN.replace("id,fold", " ID , Fold ").replace(",", " , ").encode(),
    "fractions": PLAIN.replace("1", "1.0").replace("2", "2.0").encode(),
    "names of files": PLAIN.replace("anna", "wav/anna.WAV")
    .replace("carl", r"C:\x\carl.wav")
    .encode(),
    "accents of macOS": unicodedata.normalize("NFD", PLAIN).encode(),
    "no last line end": PLAIN.strip().encode(),
}


def people() -> list[Utterance]:
    return [Utterance(n, Path(n), "anger", n) for n in ("anna", "bärbel", "carl", "dora")]


def held_out(path: Path) -> list[set[str]]:
    regime, corpus = Predefined.read(path), people()
    folds = [regime.fold(corpus, k) for k in range(regime.num_folds(corpus))]
    return [{corpus[i].id for i in fold.test} for fold in folds]


@pytest.mark.parametrize("suffix", ["csv", "CSV", "txt", "tsv"])
@pytest.mark.parametrize("way", WAYS)
def test_list_is_read_however_it_was_saved(way: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"folds.{suffix}"
    path.write_bytes(WAYS[way])
    assert held_out(path) == FOLDS


def test_path_of_a_list_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folds.csv").write_bytes(WAYS["plain"])
    monkeypatch.setenv("HOME", str(tmp_path))
    assert held_out(Path("~/folds.csv")) == held_out(Path("$HOME/folds.csv")) == FOLDS


REFUSED: dict[bytes, str] = {
    b"": "needs id and fold",
    b"PK\x03\x04\0\0": "is not a text file; export the table as CSV",
    b"id,fold\0\n": "is not a text file",
    b"id,fold\na,1,2,3\n": "lines of more fields than its heading: a",
    b"id,fold\n,1\n,2\n": "lists twice",
    b"id,fold\na,1\n,2\n": "rows without an id",
    b'id,fold\n"' + b"a" * 200_000: "cannot be read as CSV",
    b"id,fold\na," + b"9" * 5_000 + b"\n": "no train side",
}


@pytest.mark.parametrize("content", REFUSED, ids=REFUSED.get)
def test_what_is_no_list_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "folds.csv"
    path.write_bytes(content)
    with pytest.raises(FoldError, match=REFUSED[content]) as error:
        read(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"meta_data": 5}', "no list of entries"),
        ('{"meta_data": [5]}', "no list of entries"),
        ("[" * 100_000, "is not JSON"),
        ("\udcff", "is not UTF-8"),
    ],
)
def test_damaged_published_list_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "Session1" / "train_meta_data.json"
    path.parent.mkdir()
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(FoldError, match=message):
        read(tmp_path)


def test_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folds.csv").write_text("id,fold,Fold\nanna,1,2\nbert,2,1\n")
    with pytest.raises(FoldError, match="several columns called fold; leave one"):
        read(tmp_path / "folds.csv")


def test_ends_of_lines_within_a_text_end_no_line_of_emobox(tmp_path: Path) -> None:
    for side, name in (("train", "anna"), ("test", "bert")):
        line = f'{{"key": "x-{name}", "wav": "{name}.wav", "text": "a\u2028b"}}\n'
        (tmp_path / f"x_{side}_fold_1.jsonl").write_text(line, encoding="utf-8")
    assert read(tmp_path).ids == {"anna", "bert"}


def bound(module: object, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(module, name, 3)


@pytest.mark.parametrize(
    ("lower", "message"),
    [
        (bound(tables, "LARGEST"), "more than 0 MB"),
        (bound(formats, "MOST"), "2 folds in 4 rows, too many to deal"),
    ],
)
def test_list_of_any_size_is_bounded(
    lower: Callable[[pytest.MonkeyPatch], None],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "folds.csv"
    path.write_bytes(WAYS["plain"])
    lower(monkeypatch)
    with pytest.raises(FoldError, match=message):
        read(path)
