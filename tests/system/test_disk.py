"""A disk is asked before it is needed, and nothing is left there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.system.disk import try_writing
from ser.system.paths import expanded


def test_what_takes_a_file_is_found_so_and_holds_nothing_afterwards(tmp_path: Path) -> None:
    try_writing(tmp_path / "not" / "there" / "yet")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        try_writing(tmp_path / "file" / "runs")


def test_a_tilde_is_the_home_folder_unless_it_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert expanded("~/a.wav") == tmp_path / "a.wav"
    assert expanded("a~.wav") == Path("a~.wav")
    (tmp_path / "~").touch()
    assert expanded("~") == Path("~")
