"""Every command, on a terminal or in a file that knows no letter beyond ASCII."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import ser
from ser.__main__ import DOORS as LISTED
from ser.__main__ import main
from ser.system.stopping import KEPT
from ser.system.streams import print_any_letter

HOUSE = Path(ser.__file__).parent
PATHS = [path for pattern in ("*.py", "*/__main__.py") for path in sorted(HOUSE.glob(pattern))]
DOORS = [
    ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)
    for path in PATHS
    if "def main(" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("door", DOORS)
def test_every_command_prints_whatever_the_locale_is(
    door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "argv", [door, "--help"])
    with suppress(SystemExit):
        importlib.import_module(door).main()
    assert door.removesuffix(".__main__").encode() in buffer.getvalue()
    stream.write("5 ± 1 %, \udcff.wav")
    assert buffer.getvalue().endswith(rb"5 +- 1 %, \udcff.wav")


def test_the_commands_are_those_that_are_known() -> None:
    known = {f"ser.{name}" for name in ("train", "predict", "status", "selection")}
    known |= {f"ser.{name}.__main__" for name in ("audit", "report", "robustness")}
    assert known <= set(DOORS)


def test_a_stream_with_a_way_of_its_own_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # as in a notebook: nothing to change
    print_any_letter()
    assert stream.errors == "backslashreplace"


def test_no_file_takes_the_number_of_a_stream_that_was_closed() -> None:
    program = (
        "import os, sys; from ser.system.streams import print_any_letter; "
        "print_any_letter(); sys.exit(os.pipe()[0])"
    )
    closed = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" <&- >&-', sys.executable, program], check=False
    )
    assert closed.returncode > 2


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--version"], f"ser {ser.__version__}\n"),
        ([], "python -m ser.COMMAND"),
        (["report", "--help"], "--sort"),
    ],
)
def test_the_first_command_lists_the_others_and_starts_them(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ser", *words])
    with suppress(SystemExit):
        main()
    assert said in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")
def test_a_command_of_the_first_one_is_itself_to_signals_and_to_processes_that_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[object] = []

    @contextmanager
    def noticed(kept: str) -> Iterator[None]:
        seen.append(kept)
        yield

    def started(*_: object) -> None:
        seen.extend([sys.modules["__main__"].__spec__.name, sys.argv[1:]])

    monkeypatch.setattr("ser.system.door.ends_on_signals", noticed)
    monkeypatch.setattr("ser.training.door.open_door", started)
    monkeypatch.setattr(sys, "argv", ["ser", "train", "fold=0"])
    main()
    assert seen == [KEPT, "ser.train", ["fold=0"]]


def test_every_command_is_listed_and_an_unknown_one_is_guessed() -> None:
    assert {door.split(".")[1] for door in DOORS} - {"__main__"} == set(LISTED)
    with pytest.raises(SystemExit, match="did you mean 'train'"):
        main(["tarin"])
