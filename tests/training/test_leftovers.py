"""What a process left that died between the marker of a fold and the end of its work."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from ser.runs.cell import cell_at
from ser.runs.claim import claim
from ser.system.holders import Holder
from ser.training.leftovers import clear

Start = Callable[..., Path]
WORDS = ("model=lda", "features=statistics", "cv.inner=2", "fold=0", "protocol.validation=false")
LEFT = (
    "checkpoints/last.ckpt",
    "checkpoints/last.ckpt.damaged",
    "parts/member-0/choice/checkpoints/best.ckpt",
    "inner-01/checkpoints/last.ckpt",
    "inner-01/parts/member-1/checkpoints/last.ckpt",
)
OF_OTHERS = ("csv/checkpoints/mine.ckpt", "notes.txt")


def leave(cell: Path) -> None:
    """Put what a killed process leaves, and what is none of ours, into a cell."""
    for name in (*LEFT, *OF_OTHERS):
        (cell / name).parent.mkdir(parents=True, exist_ok=True)
        (cell / name).write_bytes(b"left")
    died = Holder(pid=2**22 + 1)  # more than the system gives
    (cell / "running.json").write_text(json.dumps(asdict(died)))


def test_snapshots_and_the_worker_of_a_finished_fold_go_when_it_is_met_again(start: Start) -> None:
    cell = start(*WORDS) / "fold-00/seed-0"
    before = {path: path.read_bytes() for path in cell.rglob("*") if path.is_file()}
    leave(cell)
    start(*WORDS)
    after = {path: path.read_bytes() for path in cell.rglob("*") if path.is_file()}
    assert after == {**before, **{cell / name: b"left" for name in OF_OTHERS}}


def test_snapshots_of_a_finished_inner_fold_go_when_its_fold_is_trained(start: Start) -> None:
    cell = start(*WORDS) / "fold-00/seed-0"
    leave(cell)
    (cell / "done").unlink()
    start(*WORDS)
    assert not [name for name in LEFT if (cell / name).exists()]


def test_what_another_process_holds_is_left_to_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ser.runs.claim.PATIENCE", 0.0)
    cell = start(*WORDS) / "fold-00/seed-0"
    with claim(cell):
        leave(cell)
        clear(cell_at(cell))
    assert all((cell / name).exists() for name in LEFT)
