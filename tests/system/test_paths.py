"""Paths as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.errors import ConfigError
from ser.storage import cache_root, place
from ser.system.paths import expanded


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    monkeypatch.delenv("ABSENT", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("written", ["~/data", "$DATA", "${DATA}", "$HOME/data"])
def test_homes_and_variables_are_put_in(written: str, home: Path) -> None:
    assert expanded(written) == home / "data"


@pytest.mark.parametrize("name", ["~", "~x", "$DATA", "${DATA}"])
def test_what_has_that_very_name_is_meant(name: str) -> None:
    Path(name).mkdir()
    assert expanded(name) == Path(name)


@pytest.mark.parametrize("written", ["$ABSENT/runs", "${ABSENT}", "~no one/runs", "a/$ABSENT"])
def test_no_folder_is_made_by_the_name_of_a_variable(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SER_CACHE", written)
    with pytest.raises(ConfigError, match=r"^SER_CACHE=.* is not set or known here"):
        cache_root("features")


@pytest.mark.parametrize("written", ["a~b", "$5", "100$", "müde"])
def test_other_signs_are_letters(written: str) -> None:
    assert place("output", written) == Path(written)
