"""Some ways of every fault of ``make faults``: what was promised comes of each."""

import subprocess
import sys
from pathlib import Path

from faults.__main__ import PAGE
from faults.table import Row, written


def test_promises_are_kept():
    parts = ("models", "sound")  # the others take minutes
    command = [sys.executable, "-m", "faults", *parts, "--most", "2"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_has_a_table_of_kept_promises_alone():
    row = Row("part", "fault", "promise", 3, {}, 1.0)
    page = written(PAGE.read_text("utf-8"), [row])
    assert "| part | fault | promise | 3 of 3 |" in page
    assert written(page, [row]) == page


def test_rows_of_parts_that_were_not_tried_stay():
    page = written(PAGE.read_text("utf-8"), [Row("one", "fault", "promise", 3, {}, 1.0)])
    other = Row("other", "fault", "promise", 2, {}, 1.0)
    both = written(page, [other])
    assert "| one | fault | promise | 3 of 3 |" in both
    assert "| other | fault | promise | 2 of 2 |" in both
