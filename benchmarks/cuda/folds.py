"""One fold of each network with its default recipe, recorded; two of them step by step as well."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.cuda.commands import Ended, apart, train, uar
from benchmarks.cuda.table import add
from ser.runs.checked import read_facts

MODELS = ("cnn1d", "cnn1d_lstm", "lstm", "resnet", "cnn2d", "resnet50", "cnn2d_lstm")
COMPARED = ("cnn1d", "lstm")


def main(lines: Path, folder: Path, seconds: float) -> None:
    """Train, and note what came of each."""
    begin = time.monotonic()
    words = ("-m", "fold=0")
    plain = train(folder / "b", *words, f"model={','.join(COMPARED)}", "trainer.record=false")
    note(lines, plain, "record=false")
    left = seconds - (time.monotonic() - begin) - 3
    recorded = train(folder / "a", *words, f"model={','.join(MODELS)}", seconds=left)
    note(lines, recorded, "recorded")
    for name in plain.cells.keys() & recorded.cells.keys():
        add(
            lines,
            "folds",
            f"{name}: largest difference of a probability, recorded or not",
            result=f"{apart(plain.cells[name], recorded.cells[name]):.2g}",
        )


def note(lines: Path, ended: Ended, how: str) -> None:
    """Note every cell, and the command."""
    for name, cell in ended.cells.items():
        known = read_facts(cell)
        result = f"{known['epochs']} epochs, {known['precision']}, UAR {uar(cell):.1%}"
        add(lines, "folds", f"{name}, {how}", result=result, seconds=known["seconds"])
    result = ended.why or f"{len(ended.cells)} folds in one process"
    add(lines, "folds", f"all of them, {how}", result=result, seconds=ended.seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
