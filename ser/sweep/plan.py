"""What a sweep is to fill, written down at its start."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser.errors import DamageError
from ser.runs.cell import Cell
from ser.runs.files import read_json, write_json
from ser.runs.layout import PLANS


@dataclass(frozen=True)
class Planned:
    """A cell that a sweep is to fill.

    Args:
        cell: The cell.
        title: What its run is called in a table.
    """

    cell: Cell
    title: str


def write_plan(output: Path, words: Sequence[str], planned: Sequence[Planned]) -> Path:
    """Write the plan of a sweep; the same sweep again has the same file.

    Args:
        output: Folder that the runs are below.
        words: Command line of the sweep.
        planned: What it is to fill.
    """
    digest = hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]
    path = output / PLANS / f"{digest}.json"
    rows = [
        {
            "run": item.cell.run.relative_to(output).as_posix(),
            "fold": item.cell.fold,
            "seed": item.cell.seed,
            "title": item.title,
        }
        for item in planned
    ]
    write_json(path, {"words": list(words), "cells": rows})
    return path


def read_plans(output: Path) -> list[Planned]:
    """Every cell that some sweep into this folder was to fill, each once.

    Raises:
        DamageError: If a plan was cut or edited.
    """
    found: dict[Cell, Planned] = {}
    for path in sorted((output / PLANS).glob("*.json")):
        for item in _read_plan(path, output):
            found.setdefault(item.cell, item)
    return list(found.values())


def _read_plan(path: Path, output: Path) -> list[Planned]:
    try:
        rows = read_json(path).get("cells", ())
        cells = [Cell(output / row["run"], int(row["fold"]), int(row["seed"])) for row in rows]
        return [Planned(cell, row["title"]) for cell, row in zip(cells, rows, strict=True)]
    except (DamageError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamageError(
            f"{path} was cut or edited; start that sweep again, or remove the file."
        ) from error


def runs_of(planned: Iterable[Planned]) -> dict[str, Path]:
    """Folders of the runs of some cells by title, in their order."""
    titles: dict[Path, str] = {}
    for item in planned:
        titles.setdefault(item.cell.run, item.title)
    often = Counter(titles.values())
    return {
        title if often[title] == 1 else f"{title} ({run.as_posix()})": run
        for run, title in titles.items()
    }
