"""A small sweep of six cells for the tests of launchers."""

from __future__ import annotations

import sys
from pathlib import Path

from ser.data.emodb import EmoDB


def sweep_command(emodb: EmoDB, output: Path, *words: str) -> list[str]:
    """Command line of two runs of three folds on the small corpus."""
    return [
        *(sys.executable, "-m", "ser.train", "-m", "model=lstm", "cv=kfold,stratified"),
        *("cv.n_splits=3", "fold=each", "trainer=cpu", "trainer.max_epochs=2"),
        *("data=emodb", f"data.root={emodb.root}", "data.verify=false", f"output={output}"),
        *words,
    ]


def predictions(output: Path) -> dict[str, bytes]:
    """Every table of predictions below a folder, by its place there."""
    found = output.glob("emodb/**/predictions.csv")
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in sorted(found)}


def table_of(printed: str) -> list[str]:
    """Lines of the table that ends a sweep, without the minutes, which differ."""
    lines = printed.splitlines()
    begin = max(i for i, line in enumerate(lines) if line.split()[:2] == ["folds", "UAR"])
    table = [lines[begin], *(line for line in lines[begin:] if line.startswith(" emodb/"))]
    return [line.rsplit(maxsplit=1)[0].rstrip() for line in table]
