"""What is printed fits the terminal and its letters, obeys nothing, and costs no work."""

from __future__ import annotations

import errno
import io
import itertools
import os
import subprocess
import sys

import pytest

from ser.errors import SerError
from ser.system import terminal
from ser.system.letters import abbreviated, in_line, quoted, shown, writable
from ser.system.rows import Rows
from ser.system.streams import Lasting
from ser.system.terminal import Terminal, steps

HOSTILE = "\x1b[31mred\x07 \x1b]8;;http://a\x1b\\b \u202egnp.exe \x9b2J"
NAMES = [f"emodb/cnn1d/stratified/data.sentences-1_lr-{rate}" for rate in ("1e-3", "1e-4")]


def printed(what, **options):
    stream = io.StringIO()
    Terminal(file=stream, **options).print(what)
    return stream.getvalue()


def table(*names):
    rows = Rows("Runs [bold]of[/bold] all", "95 % intervals")
    rows.add_column("")
    for heading in ("UAR", "95 % speakers", "weighted F1", "folds done", "minutes left"):
        rows.add_column(heading, numeric=True)
    for name in names:
        rows.add_row(name, "61.2 ± 0.1", "57.0 to 65.1", "60.0", "10/10", "1234")
    return rows


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_name_and_no_number_of_a_table_is_cut(width):
    text = printed(table(*NAMES), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    joined = "".join(text.split())
    assert all("".join(name.split()) in joined for name in NAMES) or width == 80
    assert joined.count("57.0to65.1") == 2
    assert "[bold]of[/bold]" in " ".join(text.split())


@pytest.mark.parametrize("what", [HOSTILE, table(HOSTILE)], ids=["line", "table"])
@pytest.mark.parametrize("width", [40, 200])
def test_nothing_that_a_terminal_obeys_is_printed(what, width):
    assert not set(printed(what, width=width)) & set("\x1b\x07\u202e\x9b")


def test_an_error_shows_the_escapes_of_the_words_that_it_quotes():
    assert str(SerError(f"no emotion {HOSTILE}")).isprintable()
    assert in_line("a\nb\tc") == "a\\nb\\tc"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_columns_stand_below_each_other_in_every_encoding(encoding, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    Terminal(width=120).print(table("müde", "日本"))
    rows = [r for r in stream.buffer.getvalue().decode(encoding).splitlines() if "61.2" in r]
    assert len({row.index("1234") for row in rows}) == 1 or encoding == "utf-8"
    assert len({row.split()[0] for row in rows}) == 2


def test_colours_are_left_out_of_files(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    rows = table("a")
    rows.add_row("all", style="bold")
    assert "\x1b" not in printed(rows)


@pytest.mark.parametrize("code", [errno.EPIPE, errno.ENOSPC, errno.EIO])
def test_a_stream_that_fails_ends_nothing_and_says_so_once(code, monkeypatch, capsys):
    class Failing(io.StringIO):
        def write(self, _):
            raise OSError(code, "fails")

    monkeypatch.setattr(sys, "stdout", Failing())
    Terminal().say("a result")
    assert ("what is printed is lost" in capsys.readouterr().err) == (code != errno.EPIPE)


def test_a_closed_standard_output_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    Terminal().print(table("a"))
    assert Lasting(None).write("help") == 4
    Lasting(None).flush()


def test_names_that_begin_alike_do_not_look_alike():
    labels = ["fear_low", "fear_high", "anger", "fear_mid"]
    assert len(set(abbreviated(labels, 5))) == len(labels)
    assert abbreviated(["aaXb", "aaYb"], 2) == ["aaXb", "aaYb"]


def test_a_log_has_a_line_a_minute_and_no_bar(monkeypatch, capsys):
    clock = itertools.count(step=25)
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    assert list(steps(range(9), "levels")) == list(range(9))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "levels: 2 of 9, about 4 min left"
    assert len(lines) < 4


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_words_are_copied_into_a_shell_letter_by_letter(encoding):
    names = [
        "plain.wav",
        "a b'c.wav",
        "müde.wav",
        "\udcff.wav",
        "a\nb",
        "-$x\\{`#~",
        "\x1b[31m",
        " ",
    ]
    line = " ".join(quoted(name, encoding) for name in names)
    assert writable(shown(line), encoding) == line
    said = subprocess.run(["bash", "-c", f"printf '%s/' {line}"], capture_output=True, check=True)
    assert said.stdout == os.fsencode("".join(f"{name}/" for name in names))
