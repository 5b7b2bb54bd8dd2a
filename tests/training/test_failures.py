"""A fold that fails is said in one line, with the file that has more."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.runs.cell import cell_at
from ser.runs.files import write_text
from ser.training.work import _report

REASON = "StorageError: the disk is full: free some.\nTraceback"


def test_the_line_of_a_failed_fold_names_the_file_that_has_more_if_one_could_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = cell_at(tmp_path / "runs/emodb/lstm/speaker/fold-03/seed-0")
    assert _report(cell, REASON) == "fold 3: StorageError: the disk is full: free some."
    write_text(cell.folder / "error.txt", REASON)
    _report(cell, REASON)
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("fold 3: StorageError: the disk is full: free some")
    assert second.endswith(f"free some; see {cell.folder / 'error.txt'}")
