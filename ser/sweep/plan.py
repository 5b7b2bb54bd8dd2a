"""What a sweep is to fill, written down at its start."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ser.runs.files import write_json
from ser.runs.layout import cell_name

FOLDER = "sweeps"


@dataclass(frozen=True)
class PlannedCell:
    """One fold at one seed that a sweep is to fill.

    Args:
        run: Folder of its run.
        fold: Fold, counted from 0.
        seed: Seed of the training.
        title: What its run is called in a table.
    """

    run: str
    fold: int
    seed: int
    title: str

    @property
    def folder(self) -> Path:
        """Where it keeps its files."""
        return Path(self.run, cell_name(self.fold, self.seed))


def write_plan(output: Path, words: Sequence[str], cells: Sequence[PlannedCell]) -> Path:
    """Write the plan of a sweep; the same sweep again has the same file.

    Args:
        output: Folder that the runs are below.
        words: Command line of the sweep.
        cells: What it is to fill.
    """
    digest = hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]
    path = output / FOLDER / f"{digest}.json"
    rows = [
        {**asdict(cell), "run": Path(cell.run).relative_to(output).as_posix()} for cell in cells
    ]
    write_json(path, {"words": list(words), "cells": rows})
    return path


def read_plans(output: Path) -> list[PlannedCell]:
    """Every cell that some sweep into this folder was to fill, each once."""
    found: dict[tuple[str, int, int], PlannedCell] = {}
    for path in sorted((output / FOLDER).glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")).get("cells", ()):
            cell = PlannedCell(**{**row, "run": (output / row["run"]).as_posix()})
            found.setdefault((cell.run, cell.fold, cell.seed), cell)
    return list(found.values())


def runs_of(cells: Iterable[PlannedCell]) -> dict[str, Path]:
    """Folders of the runs of some cells by title, in their order."""
    titles: dict[Path, str] = {}
    for cell in cells:
        titles.setdefault(Path(cell.run), cell.title)
    often = Counter(titles.values())
    return {
        title if often[title] == 1 else f"{title} ({run.as_posix()})": run
        for run, title in titles.items()
    }
