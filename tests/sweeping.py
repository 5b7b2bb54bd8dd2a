"""Trainings as a user starts them, and a small sweep of four cells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ser.corpora.emodb import EmoDB


def start(command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, on a terminal that is wide enough for every table."""
    known = {**os.environ, "COLUMNS": "120", **env}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=known)


def train(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Start ``python -m ser.train`` with some words."""
    return start([sys.executable, "-m", "ser.train", *words], **env)


def sweep_command(
    emodb: EmoDB, output: Path, *words: str, cv: str = "kfold,stratified"
) -> list[str]:
    """Command line of a run of two folds on the small corpus for each regime."""
    return [
        *(sys.executable, "-m", "ser.train", "-m", "model=lstm", f"cv={cv}"),
        *("cv.n_splits=2", "fold=each", "trainer=cpu", "trainer.max_epochs=2"),
        *("data=emodb", f"data.root={emodb.root}", "data.verify=false", f"output={output}"),
        *words,
    ]


def sweep(
    emodb: EmoDB,
    output: Path,
    *words: str,
    cv: str = "kfold,stratified",
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Start that sweep, with some more words."""
    return start(sweep_command(emodb, output, *words, cv=cv), **(env or {}))


def predictions(output: Path) -> dict[str, bytes]:
    """Every table of predictions below a folder, by its place there."""
    found = output.glob("emodb/**/predictions.csv")
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in sorted(found)}


def table_of(printed: str) -> list[str]:
    """Lines of the table that ends a sweep, without the minutes, which differ."""
    lines = printed.splitlines()
    begin = max(i for i, line in enumerate(lines) if line.split()[:2] == ["folds", "UAR"])
    rows = [line for line in lines[begin:] if re.search(r" \d+/\d+ ", line)]
    assert rows, printed
    table = [lines[begin], *rows]
    return [line.rsplit(maxsplit=1)[0].rstrip() for line in table]
