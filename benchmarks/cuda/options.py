"""Options of the trainer on a GPU, recorded and step by step; and one of them twice."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cuda.commands import Ended, apart, train, uar
from benchmarks.cuda.table import LATE, add
from ser.runs.checked import read_facts
from ser.runs.layout import PREDICTIONS

WORDS = (
    ("model=cnn1d",),
    ("model=mlp",),  # mixes utterances
    ("model=cnn",),  # masks and mixes them
    ("model=cnn1d", "trainer.gradient_clip_val=1"),
    ("model=cnn1d", "trainer.precision=16-mixed"),
    ("model=lstm",),
    ("model=lstm", "trainer.precision=32-true"),
)
EPOCHS = ("fold=0", "trainer.max_epochs=10")
EQUAL = ("model=lstm", "trainer.deterministic=true")


def main(lines: Path, folder: Path, seconds: float) -> None:
    """Train one of them twice, then with each, as long as there is time."""
    end = time.monotonic() + seconds
    twice(lines, folder)
    for number, words in enumerate(WORDS):
        if time.monotonic() >= end:
            add(lines, "options", " ".join(words), result=LATE)
            continue
        more = (*words, *EPOCHS)
        ways = [
            train(folder / f"{number}-{record}", *more, f"trainer.record={record}")
            for record in ("auto", "false")
        ]
        result, spent = compared(ways), ways[0].seconds
        add(lines, "options", " ".join(words), result=result, seconds=spent)


def compared(ways: Sequence[Ended]) -> str:
    """What a training gave, recorded and step by step; or why it failed."""
    cells = [cell for ended in ways for cell in ended.cells.values()]
    if failure := next((ended.why for ended in ways if ended.why), ""):
        return failure
    if len(cells) != len(ways):
        return f"{len(cells)} of {len(ways)} trainings left a cell"
    uars = " and ".join(f"{uar(cell):.1%}" for cell in cells)
    return (
        f"{read_facts(cells[0])['precision']}: UAR recorded or not {uars}, probabilities at most "
        f"{apart(*cells):.2g} apart"
    )


def twice(lines: Path, folder: Path) -> None:
    """Train with deterministic operations two times."""
    ends = [train(folder / str(number), *EQUAL, *EPOCHS) for number in range(2)]
    cells = [path for ended in ends for path in ended.cells.values()]
    tables = {(cell / PREDICTIONS).read_bytes() for cell in cells}
    same = "equal bytes" if len(cells) == 2 and len(tables) == 1 else "DIFFERENT"
    result = next((ended.why for ended in ends if ended.why), same)
    what = f"{' '.join(EQUAL)}, twice"
    add(lines, "options", what, result=result, seconds=ends[1].seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
