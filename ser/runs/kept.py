"""Kept evidence: a run in a few files, without its models.

``cells.json`` has the facts of every cell and what they were trained with; ``predictions.csv`` and
``validation.csv`` have the tables of all cells, and ``folds.json`` their sides where they are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ser.runs.layout import ALL_CELLS, DONE, KEPT, SIDES


def pack(cells: Mapping[str, Mapping[str, Any]], config: str) -> dict[str, Any]:
    """Content of ``cells.json``: facts that all cells share stand there once.

    Args:
        cells: Facts of every finished cell, by its name, such as ``fold-03/seed-0``.
        config: Digest of the configuration that they were trained with.
    """
    first, *others = cells.values()
    shared = {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    own = {name: {k: v for k, v in cells[name].items() if k not in shared} for name in cells}
    return {"config": config, "shared": shared, "cells": own}


def kept_cells(run: Path) -> dict[str, dict[str, Any]]:
    """Facts of every kept cell, by its name; none where a run is not kept evidence.

    Args:
        run: Folder of the run.
    """
    content = _read(run / KEPT)
    return {name: {**content["shared"], **own} for name, own in content.get("cells", {}).items()}


def kept_facts(cell: Path) -> dict[str, Any] | None:
    """Facts of a cell, if it is kept.

    Args:
        cell: Folder that the cell had.
    """
    return kept_cells(cell.parents[1]).get(_name(cell))


def kept_mark(cell: Path) -> dict[str, str]:
    """What the marker of a kept cell held."""
    return {"config": _read(cell.parents[1] / KEPT)["config"]}


def kept_sides(cell: Path) -> dict[str, Any] | None:
    """Who was on which side of a cell, if that is kept."""
    sides: dict[str, Any] | None = _read(cell.parents[1] / SIDES).get(_name(cell))
    return sides


def done_cells(run: Path) -> list[Path]:
    """Folders of the cells of a run that are done or kept, in the order of folds and seeds."""
    kept = [run / name for name in kept_cells(run)]
    return sorted(kept or (marker.parent for marker in run.glob(f"{ALL_CELLS}/{DONE}")))


def is_marked(cell: Path) -> bool:
    """Whether a cell is done or kept."""
    return (cell / DONE).exists() or kept_facts(cell) is not None


def _name(cell: Path) -> str:
    return f"{cell.parent.name}/{cell.name}"


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return content
