"""Values of paths, names and titles, in any letters that a file can have."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from ser.runs.command_line import spell_texts

NAMES = ["plain", "my voice", "müde", "日本", "a=b", "a,b", "[1]", "{x: 1}", "(a", "it's", "#1",
         'a "b" c', "50%", "a~b", "$5", "\\", "a\\'b", "a\\\\", "C:\\x", "two\nlines", "-x",
         "2024", "1e3", "true", "NULL", "nan", "x:y", "!", "@", "&", ";", "*", "?", "<>", "|", "^",
         "`ls`", "\udcff", " ends in spaces ", ".hidden", "é]"]  # fmt: skip


@pytest.mark.parametrize("key", ["output", "title", "data.root", "cv.file", "+columns.id"])
def test_hydra_reads_a_text_letter_by_letter(key: str) -> None:
    words = spell_texts([f"{key}={name}" for name in NAMES])
    overrides = OverridesParser.create().parse_overrides(words)
    assert [override.value() for override in overrides] == NAMES
    assert not any(override.is_sweep_override() for override in overrides)


@pytest.mark.parametrize(
    "word",
    ["title=null", "title='\"2024\"'", "output='a b'", "output=${oc.env:HOME}/runs", "name=",
     "model=a,b", "model.dropout=[1]", "--config-dir", "--config-dir=a,b", "-m", "~logger",
     "augment@model.parts.x.augment=mixup", "output=runs", "data.root=/a/b.c-d_e"],
)  # fmt: skip
def test_other_words_stay_as_they_are(word: str) -> None:
    assert spell_texts([word]) == [word]


def test_the_home_folder_is_put_for_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert spell_texts(["output=~/runs", "title=~/x"]) == [f"output={tmp_path}/runs", "title='~/x'"]
    Path("~").mkdir()
    assert spell_texts(["output=~"]) == ["output='~'"]


def test_variables_are_put_into_paths_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    words = ["output=$DATA/runs", "data.root=${DATA}/x", "cv.file=$DATA/f.csv", "title=$DATA"]
    assert spell_texts(words) == [
        f"output={tmp_path}/runs",
        f"data.root={tmp_path}/x",
        f"cv.file={tmp_path}/f.csv",
        "title='$DATA'",
    ]
    Path("$DATA").mkdir()
    assert spell_texts(["output=$DATA"]) == ["output='$DATA'"]


def test_a_sweep_goes_through_paths_unless_one_has_the_whole_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["-m", "cv.file=a b.csv,c=d.csv", "title=one, two"]
    assert spell_texts(words) == ["-m", "cv.file='a b.csv','c=d.csv'", "title='one, two'"]
    assert spell_texts(["-m", "cv.file=glob(*)"])[1] == "cv.file=glob(*)"
    Path("a,b.csv").touch()
    assert spell_texts(["-m", "cv.file=a,b.csv"])[1] == "cv.file='a,b.csv'"
