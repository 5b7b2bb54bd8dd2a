"""What was asked for, written down at the start: by a sweep, or by a command that trains alone."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from ser.errors import DamageError
from ser.runs.cell import Cell
from ser.runs.files import read_json, stamp, write_json
from ser.runs.layout import PLANS

MOST = 2**63  # no fold and no seed is greater
PLAN = re.compile(r"[0-9a-f]{12}\.json")


@dataclass(frozen=True)
class Planned:
    """A cell that somebody asked for.

    Args:
        cell: The cell.
        title: What its run is called in a table.
    """

    cell: Cell
    title: str


def write_plan(output: Path, words: Sequence[str], planned: Sequence[Planned]) -> Path:
    """Write down what a command is to fill; the same command again has the same file.

    Args:
        output: Folder that the runs are below.
        words: Command line.
        planned: What it is to fill.
    """
    digest = hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:12]
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
    """Every cell that some command was to fill in this folder, each once.

    Raises:
        DamageError: If a plan is damaged.
    """
    found: dict[Cell, Planned] = {}
    for path in _plans(output):
        for row in _read(path)["cells"]:
            cell = Cell(output / row["run"], row["fold"], row["seed"])
            found.setdefault(cell, Planned(cell, row["title"]))
    return list(found.values())


def asked_of(run: Path) -> set[tuple[int, int]]:
    """Fold and seed of every cell of a run that was asked for; empty if that is not written down.

    Args:
        run: Folder of the run.

    Raises:
        DamageError: If a plan is damaged.
    """
    here = run.resolve()
    return {
        (row["fold"], row["seed"])
        for output in plan_folders(here)
        for path in _plans(output)
        for row in _read(path)["cells"]
        if output / row["run"] == here
    }


def drop_planned(output: Path, cells: Collection[Cell]) -> None:
    """Take cells out of every plan in a folder; a plan of nothing else goes with them."""
    names = {(c.run.resolve(), c.fold, c.seed) for c in cells}
    for path in _plans(output):
        content = _read(path)
        rows = content["cells"]
        kept = [
            row
            for row in rows
            if ((output / row["run"]).resolve(), row["fold"], row["seed"]) not in names
        ]
        if not kept:
            path.unlink()
        elif len(kept) < len(rows):
            write_json(path, {**content, "cells": kept})


def plan_folders(folder: Path) -> list[Path]:
    """A folder, and those above it, that plans are in."""
    return [place for place in (folder, *folder.resolve().parents) if (place / PLANS).is_dir()]


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


def _plans(output: Path) -> list[Path]:
    return sorted(path for path in (output / PLANS).glob("*.json") if PLAN.fullmatch(path.name))


def _read(path: Path) -> dict[str, Any]:
    """Content of a plan, read once as long as it does not change: every run asks each of them."""
    return _read_at(path, stamp(path))


@lru_cache(maxsize=256)
def _read_at(path: Path, _stamp: tuple[int, ...]) -> dict[str, Any]:
    try:
        content: dict[str, Any] = read_json(path)
        sound = all(map(_is_cell, content["cells"]))
    except (DamageError, KeyError, TypeError):
        sound = False
    if not sound:
        raise DamageError(
            f"{path} is not the plan of a command: it is damaged or was edited. Remove it; the "
            "same command writes it anew."
        )
    return content


def _is_cell(row: Any) -> bool:
    """Whether a line of a plan names a cell below its folder."""
    run = PurePosixPath(row["run"]) if isinstance(row["run"], str) else PurePosixPath("..")
    numbers = all(type(row[name]) is int and abs(row[name]) < MOST for name in ("fold", "seed"))
    below = not run.is_absolute() and ".." not in run.parts and "\0" not in row["run"]
    return below and numbers and row["fold"] >= 0 and isinstance(row["title"], str)
