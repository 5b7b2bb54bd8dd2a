"""SIGTERM in the midst of a training on a GPU, and the fold that is continued after it."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.cuda.commands import train
from benchmarks.cuda.table import add
from ser.runs.checked import read_facts

WORDS = ("model=lstm", "fold=0", "trainer.deterministic=true", "snapshots=0")


def main(lines: Path, folder: Path, _: float) -> None:
    """Train undisturbed, then interrupted and continued."""
    whole = train(folder / "whole", *WORDS)
    output = folder / "cut"
    cut = train(output, *WORDS, until=lambda: any(output.rglob("last.ckpt")))
    add(
        lines,
        "interruption",
        "SIGTERM in training",
        result=f"exit code {cut.code}",
        seconds=cut.seconds,
    )
    again = train(output, *WORDS)
    tables = [
        (cell / "predictions.csv").read_bytes()
        for ended in (whole, again)
        for cell in ended.cells.values()
    ]
    continued = [read_facts(cell)["continued"] for cell in again.cells.values()]
    same = len(tables) == 2 and len(set(tables)) == 1
    result = f"continued {continued}, {'the same' if same else 'OTHER'} predictions"
    add(
        lines,
        "interruption",
        "the same command again",
        result=whole.why or again.why or result,
        seconds=again.seconds,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
