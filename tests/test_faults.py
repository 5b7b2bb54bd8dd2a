"""Some ways of every fault of ``make faults``: what was promised comes of each."""

import subprocess
import sys
from pathlib import Path

from faults.__main__ import PAGE
from faults.table import BEGIN, END, HEAD, Row, written


def test_promises_are_kept():
    parts = ("models", "sound")  # the others take minutes
    command = [sys.executable, "-m", "faults", *parts, "--most", "2"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_has_a_table_of_kept_promises_alone():
    row = Row("part", "fault", "promise", 3, {}, 1.0)
    page = written(PAGE.read_text("utf-8"), [row], ["part"])
    assert "| part | fault | promise | 3 of 3 |" in page
    assert written(page, [row], ["part"]) == page


def test_parts_that_were_not_tried_keep_their_lines():
    first, second, again = (Row(p, "f", "p", n, {}, 1.0) for p, n in (("a", 1), ("b", 2), ("a", 3)))
    both, gone = ("a", "b"), Row("old", "f", "p", 1, {}, 1.0)
    page = written(f"{BEGIN}\n{END}", [second, gone], (*both, "old"))
    page = written(written(page, [first], both), [again], both)
    assert page == f"{BEGIN}\n{HEAD}\n| a | f | p | 3 of 3 |\n| b | f | p | 2 of 2 |\n{END}"
