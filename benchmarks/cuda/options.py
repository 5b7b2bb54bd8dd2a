"""Options of the trainer on a GPU: loss scaling, clipping, and equal runs."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.cuda.commands import facts, train, uar
from benchmarks.cuda.table import add

WORDS = {
    "16-mixed": ("model=cnn1d", "trainer.precision=16-mixed"),
    "clipped": ("model=cnn1d", "trainer.gradient_clip_val=1"),
    "32-true": ("model=lstm", "trainer.precision=32-true"),
}
EQUAL = ("model=lstm", "fold=0", "trainer.deterministic=true", "trainer.max_epochs=10")


def main(lines: Path, folder: Path, _: float) -> None:
    """Train with each, then one of them twice."""
    for name, words in WORDS.items():
        ended = train(folder / name, *words, "fold=0", "trainer.max_epochs=10")
        (cell,) = ended.cells.values() or (None,)
        result = ended.why or f"{facts(cell)['precision']}, UAR {uar(cell):.1%}"
        add(lines, "options", " ".join(words), result=result, seconds=ended.seconds)
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
