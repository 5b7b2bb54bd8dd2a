"""An LSTM that PyTorch compiles, and SIGTERM while it does."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.cuda.commands import train
from benchmarks.cuda.table import add

WORDS = ("model=lstm", "fold=0", "trainer.compile=reduce-overhead", "trainer.max_epochs=2")
AMID = 15  # s after which it compiles for certain


def main(lines: Path, folder: Path, seconds: float) -> None:
    """Compile, end it amid, and then let it be."""
    end = time.monotonic() + AMID
    cut = train(folder / "cut", *WORDS, until=lambda: time.monotonic() > end)
    said = f"exit code {cut.code}"
    add(lines, "compilation", "SIGTERM while compiling", result=said, seconds=cut.seconds)
    whole = train(folder / "whole", *WORDS, seconds=seconds - AMID - 15)
    result = whole.why or "trained"
    add(lines, "compilation", " ".join(WORDS), result=result, seconds=whole.seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
