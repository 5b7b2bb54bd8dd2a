"""What ``input=`` names, in order and each once."""

from __future__ import annotations

import os
from io import BytesIO

import pytest

from ser.errors import AudioError
from ser.inference.sources import find, from_stream, is_one, split


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of calls, with what is no audio among them; the place where one is."""
    for name in ("b.wav", "a.FLAC", "x/c.mp3", "x/y/d,e.ogg", "notes.md", "._b.wav", "x/.h/z.wav"):
        (tmp_path / "calls" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "calls" / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "calls"


@pytest.mark.parametrize(
    ("word", "names"),
    {
        "calls": ["a.FLAC", "b.wav", "x/c.mp3", "x/y/d,e.ogg"],
        "calls/*.wav": ["b.wav"],
        "calls/**/*.*3": ["x/c.mp3"],
        "calls/x*": ["x/c.mp3", "x/y/d,e.ogg"],
        "[calls/b.wav,calls/a.FLAC]": ["b.wav", "a.FLAC"],
        '[calls/b.wav, "calls/x/y/d,e.ogg"]': ["b.wav", "x/y/d,e.ogg"],
        "[calls/b.wav,calls]": ["b.wav", "a.FLAC", "x/c.mp3", "x/y/d,e.ogg"],
        "calls/x/y/d,e.ogg": ["x/y/d,e.ogg"],
        "calls/absent.wav": ["absent.wav"],
    }.items(),
)
def test_a_word_names_files_once_and_in_order(folder, word, names):
    assert [path.as_posix() for path in find(word)] == [f"calls/{name}" for name in names]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("l.txt", "b.wav\n\n# a comment\nx/c.mp3\n"),
        ("l.csv", "speaker,file\n3,b.wav\n4,x/c.mp3\n"),
        ("l.csv", "\ufeffpath;emotion\r\nb.wav;anger\r\nx/c.mp3;joy\r\n"),
        ("l.tsv", "b.wav\tanger\nx/c.mp3\tjoy\n"),
        ("l.csv", "id,Clip\n3,b.wav\n4,x/c.mp3\n"),
        ("l.csv", "file_name;label\nb.wav;anger\nx/c.mp3;joy\n"),
        ("l.csv", "speaker,File Name\n3,b.wav\n4,x/c.mp3\n"),
        ("l.csv", "Aufnahme,Gefühl\nb.wav,anger\nx/c.mp3,joy\n"),
        ("l.csv", "x,label\nb.wav,anger\nx/c.mp3,joy\n"),  # x is a folder there
    ],
)
def test_a_list_names_files_beside_it(folder, name, text):
    (folder / name).write_text(text, "utf-8", newline="")
    assert find(str(folder / name)) == [folder / "b.wav", folder / "x/c.mp3"]
    assert not is_one(str(folder / name))


@pytest.mark.parametrize("first", ["notes", "absent.wav", "absent.m4a", "absent/a"])
def test_a_first_row_that_may_name_a_file_is_no_heading(folder, first):
    (folder / "notes").touch()
    (folder / "l.csv").write_text(f"{first},joy\nb.wav,anger\n")
    assert find(str(folder / "l.csv")) == [folder / first, folder / "b.wav"]


@pytest.mark.parametrize("text", ["absent\n", "absent,joy\nlost,anger\n"])
def test_a_first_row_before_none_that_names_a_file_is_no_heading(folder, text):
    (folder / "l.csv").write_text(text)
    assert folder / "absent" in find(str(folder / "l.csv"))


@pytest.mark.parametrize("code", ["utf-16", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("l.txt", "b.wav\r\nmüde.wav\r\n"),
        ("l.tsv", "File\tEmotion\r\nb.wav\tjoy\r\nmüde.wav\tanger\r\n"),
        ("l.csv", "file,emotion\r\nb.wav,joy\r\nmüde.wav,anger\r\n"),
    ],
)
def test_a_list_is_read_by_its_byte_order_mark(folder, name, text, code):
    mark = "\ufeff" if code == "utf-16-be" else ""
    (folder / name).write_bytes((mark + text).encode(code))
    assert find(str(folder / name)) == [folder / "b.wav", folder / "müde.wav"]


def test_a_list_without_one_may_hold_names_that_are_not_utf_8(folder):
    odd = folder / os.fsdecode(b"latin\xe4.wav")
    (folder / "l.txt").write_bytes(b"b.wav\nlatin\xe4.wav\n")
    assert find(str(folder / "l.txt")) == [folder / "b.wav", odd]


def test_a_name_that_looks_like_a_remark_is_a_name_in_a_table_and_where_a_file_is_called_so(folder):
    (folder / "#1.wav").touch()
    (folder / "l.txt").write_text(f"#1.wav\n#2.wav costs $5 {'x' * 300}\nb.wav\n")
    (folder / "l.csv").write_text("file\n#1.wav\n#2.wav\n")
    assert find(str(folder / "l.txt")) == [folder / "#1.wav", folder / "b.wav"]
    assert find(str(folder / "l.csv")) == [folder / "#1.wav", folder / "#2.wav"]


def test_a_table_with_a_quote_that_does_not_end_is_refused(folder):
    (folder / "l.csv").write_text(f'file\n"{"a.wav" * 30_000}\n')
    with pytest.raises(AudioError, match=r"l\.csv is no table \(field larger than .*; correct it"):
        find(str(folder / "l.csv"))


@pytest.mark.parametrize(
    "rows", ["b.wav,0.5,\n", "b.wav,0,1\nb.wav,0,\n", "x/c.mp3,0,1\nb.wav,0 days 00:00:02,\n"]
)
def test_a_table_of_stretches_is_not_taken_for_one_of_whole_files(folder, rows):
    (folder / "l.csv").write_text(f"path,start,end\n{rows}")
    with pytest.raises(AudioError, match=r"l\.csv lists stretches of files, by its column start"):
        find(str(folder / "l.csv"))
    (folder / "l.csv").write_text("path,start,end\nb.wav,0,1.5\nx/c.mp3,0 days 00:00:00,\n")
    assert len(find(str(folder / "l.csv"))) == 2
    (folder / "l.csv").write_text(f"Aufnahme,start,end\n{rows}")
    with pytest.raises(AudioError, match=r"l\.csv lists stretches of files, by its column start"):
        find(str(folder / "l.csv"))


def test_a_list_names_files_from_where_one_is_as_well(folder):
    (folder / "x/l.txt").write_text("calls/b.wav\n")
    assert [path.as_posix() for path in find("calls/x/l.txt")] == ["calls/b.wav"]


def test_a_name_in_brackets_that_a_file_has_stays_whole(folder, tmp_path):
    (tmp_path / "[a,b]").touch()
    assert split("[a,b]") == ["[a,b]"]
    assert is_one("[a,b]")


@pytest.mark.parametrize("word", ["calls/*.aiff", "calls/x/.h/none", "l.txt"])
def test_what_names_nothing_is_refused(folder, tmp_path, word):
    (folder / "x/.h/none").mkdir()
    (tmp_path / "l.txt").write_text("\n")
    with pytest.raises(AudioError, match="no audio file is in"):
        find(word)


def test_standard_input_gives_paths(folder, tmp_path):
    assert from_stream(BytesIO("calls/b.wav\nmüde.wav\n".encode()), tmp_path) == [
        *find("calls/b.wav"),
        *find("müde.wav"),
    ]


def test_standard_input_gives_the_bytes_of_a_file(tmp_path, sound):
    (path,) = from_stream(BytesIO(sound.read_bytes()), tmp_path)
    assert path.read_bytes() == sound.read_bytes()


def test_an_empty_standard_input_is_refused(tmp_path):
    with pytest.raises(AudioError, match="standard input"):
        from_stream(BytesIO(), tmp_path)
