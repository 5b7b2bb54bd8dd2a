"""A few drawn inputs for every boundary, the same each time; ``make fuzz`` draws many more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st

from faults.fault import PromiseError
from fuzz import guided
from fuzz.mutations import Change
from fuzz.target import Target, every_target
from fuzz.trying import attempt, explore
from ser.errors import RunError

FEW = 8


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("target", every_target(), ids=lambda target: target.name)
def test_every_input_ends_well_or_in_a_sentence(target: Target, tmp_path: Path) -> None:
    explore(target, tmp_path, FEW, start=0)


def failing(folder: Path, value: int) -> None:
    if value > 5:
        raise KeyError(value)
    if value > 2:
        raise RunError("a sentence.")


def endless(folder: Path, value: int) -> None:
    while True:
        pass


def test_bad_end_is_found_and_made_small(tmp_path: Path) -> None:
    with pytest.raises(KeyError) as error:
        explore(Target("x", st.integers(0, 1000), failing), tmp_path, 100, start=0)
    assert error.value.args == (6,)


def test_what_hangs_is_a_bad_end(tmp_path: Path) -> None:
    target = Target("x", st.just(0), endless, seconds=0.01)
    with pytest.raises(PromiseError, match=r"more than 0\.01 s"):
        attempt(target, tmp_path, 0)


def test_change_takes_and_puts_bytes() -> None:
    assert Change(1, 2, b"xyz").of(b"abcd") == b"axyzd"
    assert Change(7, 9, b"").of(b"abcd") == b"ab"


def test_guided_fuzzing_says_what_it_needs(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "atheris", None)
    with pytest.raises(SystemExit):
        guided.main(["EmoBox"])
    assert "pip install '.[fuzz]'" in capsys.readouterr().err
