"""Options of the trainer on a GPU, recorded and step by step; and one of them twice."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.cuda.commands import apart, train, uar
from benchmarks.cuda.table import add
from ser.runs.checked import read_facts

WORDS = (
    ("model=cnn1d",),
    ("model=cnn1d", "trainer.precision=16-mixed"),
    ("model=cnn1d", "trainer.gradient_clip_val=1"),
    ("model=lstm",),
    ("model=lstm", "trainer.precision=32-true"),
)
EQUAL = ("model=lstm", "fold=0", "trainer.deterministic=true", "trainer.max_epochs=10")


def main(lines: Path, folder: Path, _: float) -> None:
    """Train with each, then one of them twice."""
    for number, words in enumerate(WORDS):
        more = (*words, "fold=0", "trainer.max_epochs=10")
        ways = [
            train(folder / f"{number}-{record}", *more, f"trainer.record={record}")
            for record in ("auto", "false")
        ]
        cells = [cell for ended in ways for cell in ended.cells.values()]
        result = next((ended.why for ended in ways if ended.why), "")
        if len(cells) == 2:
            uars = " and ".join(f"{uar(cell):.1%}" for cell in cells)
            result += f"{read_facts(cells[0])['precision']}: UAR recorded or not {uars}, "
            result += f"probabilities at most {apart(*cells):.2g} apart"
        add(lines, "options", " ".join(words), result=result, seconds=ways[0].seconds)
    ends = [train(folder / str(number), *EQUAL) for number in range(2)]
    cells = [path for ended in ends for path in ended.cells.values()]
    tables = {(cell / "predictions.csv").read_bytes() for cell in cells}
    result = "equal bytes" if len(cells) == 2 and len(tables) == 1 else "DIFFERENT"
    add(
        lines,
        "options",
        " ".join([*EQUAL, "twice"]),
        result=next((ended.why for ended in ends if ended.why), result),
        seconds=ends[1].seconds,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
