"""What ``make cuda`` decides and says, without a GPU: time, comparisons, table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from benchmarks.cuda import __main__ as cuda
from benchmarks.cuda import interruption, options, sweep
from benchmarks.cuda.commands import Ended
from benchmarks.cuda.table import LATE
from benchmarks.cuda.table import markdown as cuda_table
from ser.runs.layout import DONE, PREDICTIONS


def rows_of(lines: Path) -> list[dict[str, object]]:
    """What a part noted."""
    return [json.loads(line) for line in lines.read_text().splitlines()]


@pytest.fixture
def lines(tmp_path):
    return tmp_path / "lines.jsonl"


def ended(output: Path, tables: list[bytes], code: int = 0) -> Ended:
    """A command that left some cells, of each its predictions."""
    for number, table in enumerate(tables):
        cell = output / f"run-{number}"
        cell.mkdir(parents=True)
        (cell / DONE).touch()
        (cell / PREDICTIONS).write_bytes(table)
    return Ended(code, 2.5, "first line\nCUDA error\n", output)


def test_all_parts_fit_into_their_time_whatever_each_of_them_takes():
    parts, left, given = list(cuda.PARTS), 300.0, []
    for number in range(len(parts)):
        given.append(cuda.allowance(parts[number:], left))
        left -= given[-1]
    assert left == pytest.approx(0)
    assert given == pytest.approx(list(cuda.PARTS.values()))


def test_what_a_part_leaves_over_falls_to_those_after_it():
    parts = list(cuda.PARTS)
    assert cuda.allowance(parts[1:], 290.0) > cuda.PARTS[parts[1]]
    assert cuda.allowance(parts[-1:], 120.0) == 120.0


def test_a_part_without_time_is_not_begun_and_says_so(lines, tmp_path):
    assert cuda.run("folds", lines, tmp_path / "folds", 3) == (
        "left out, for want of time: 3 s were left for it"
    )
    assert not (tmp_path / "folds").exists()


def test_options_are_compared_until_their_time_is_over(lines, tmp_path, monkeypatch):
    asked = []

    def train(output, *words):
        asked.append(words)
        return ended(output, [b"same"])

    monkeypatch.setattr(options, "train", train)
    options.main(lines, tmp_path, 0.0)
    first, *others = rows_of(lines)
    assert len(asked) == 2
    assert first["result"] == "equal bytes"
    assert [row["result"] for row in others] == [LATE] * len(options.WORDS)


def test_two_ways_of_a_training_are_compared_where_both_ended_well(tmp_path, monkeypatch):
    monkeypatch.setattr(options, "uar", lambda _: 0.75)
    monkeypatch.setattr(options, "apart", lambda *_: 0.25)
    monkeypatch.setattr(options, "read_facts", lambda _: {"precision": "bf16-mixed"})
    well, other = ended(tmp_path / "a", [b"1"]), ended(tmp_path / "b", [b"2"])
    assert options.compared([well, other]) == (
        "bf16-mixed: UAR recorded or not 75.0% and 75.0%, probabilities at most 0.25 apart"
    )
    failed = ended(tmp_path / "c", [], code=1)
    assert options.compared([well, failed]) == "exit code 1: CUDA error"
    assert options.compared([well, ended(tmp_path / "d", [])]) == "1 of 2 trainings left a cell"


@pytest.mark.parametrize(("again", "word"), [(b"same", "the same"), (b"other", "OTHER")])
def test_a_continued_fold_is_compared_with_an_undisturbed_one(
    again, word, lines, tmp_path, monkeypatch
):
    ends = iter(
        [
            ended(tmp_path / "whole", [b"same"]),
            ended(tmp_path / "cut", [], code=143),
            ended(tmp_path / "again", [again]),
        ]
    )
    monkeypatch.setattr(interruption, "train", lambda *_, **__: next(ends))
    monkeypatch.setattr(interruption, "read_facts", lambda _: {"continued": True})
    interruption.main(lines, tmp_path, 25.0)
    assert [row["result"] for row in rows_of(lines)] == [
        "exit code 143",
        f"continued [True], {word} predictions",
    ]


def test_a_sweep_counts_its_cells_and_does_not_guess_how_busy_a_device_is(
    lines, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))  # which has no nvidia-smi
    monkeypatch.setattr(sweep, "train", lambda output, *_, **__: ended(output, [b"1", b"2"]))
    sweep.main(lines, tmp_path, 45.0)
    said = "2 of 40 cells, device busy unknown of the time"
    assert [row["result"] for row in rows_of(lines)] == [said] * 2


def test_without_a_cuda_device_it_is_said_in_a_line_and_nothing_is_written(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    cuda.main(["--output", str(tmp_path / "cuda.json")])
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_part_that_fails_on_a_gpu_or_comes_too_late_is_a_line_and_the_others_go_on(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(cuda, "header", lambda: {**CARD, "rows": []})
    ran = []

    def run(part, lines, folder, seconds):
        ran.append(part)
        return {"folds": "failed with exit code 1"}.get(part, "")

    monkeypatch.setattr(cuda, "run", run)
    cuda.main(["--output", str(tmp_path / "cuda.json"), "folds", "sweep"])
    assert ran == ["folds", "sweep"]
    assert "| folds | failed with exit code 1 | – |" in capsys.readouterr().out


def test_the_table_of_a_gpu_names_the_card_and_every_network():
    rows = [{"part": "networks", "what": "lstm", "kernels": 3.06, "ratio": 1.2}]
    table = cuda_table({**CARD, "rows": rows})
    assert table.startswith("A card, 80 GiB, 16 cores")
    assert "| lstm | 3.06 | – | – | 1.2 | – | – |" in table


CARD = {"card": "A card", "memory_gib": 80, "cores": 16, "torch": "2.11", "corpus": "EmoDB"}
