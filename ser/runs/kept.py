"""Kept evidence: a run in a few files, without its models.

``cells.json`` has the facts of every cell and what they were trained with; ``predictions.csv`` and
``validation.csv`` have the tables of all cells, and ``folds.json`` their sides where they are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ser.errors import DamageError
from ser.runs.cell import cell_folders
from ser.runs.files import read_json, stamp
from ser.runs.layout import DONE, FOLDS, KEPT
from ser.runs.marker import read_marker

ANEW = "copy that evidence anew"


@dataclass(frozen=True, eq=False)  # a key of what was read: known by being the same object
class Kept:
    """What ``cells.json`` says.

    Args:
        config: Digest of the configuration that the cells were trained with.
        files: SHA-256 of each table; None in evidence of earlier versions.
        cells: Facts of every cell, by its name, such as ``fold-03/seed-0``.
    """

    config: str
    files: Mapping[str, str] | None
    cells: Mapping[str, dict[str, Any]]


def pack(
    cells: Mapping[str, Mapping[str, Any]], config: str, files: Mapping[str, str]
) -> dict[str, Any]:
    """Content of ``cells.json``: facts that all cells share stand there once.

    Args:
        cells: Facts of every finished cell, by its name, such as ``fold-03/seed-0``.
        config: Digest of the configuration that they were trained with.
        files: SHA-256 of each table.
    """
    first, *others = cells.values()
    shared = {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    own = {name: {k: v for k, v in cells[name].items() if k not in shared} for name in cells}
    return {"config": config, "files": dict(files), "shared": shared, "cells": own}


def kept_run(run: Path) -> Kept | None:
    """What is kept of a run; None where it is not kept evidence.

    Raises:
        DamageError: If ``cells.json`` is damaged.
    """
    path = run / KEPT
    return _read(path, stamp(path)) if path.exists() else None


def kept_cells(run: Path) -> Mapping[str, dict[str, Any]]:
    """Facts of every kept cell, by its name; none where a run is not kept evidence."""
    kept = kept_run(run)
    return kept.cells if kept else {}


def kept_sides(run: Path) -> Mapping[str, Any]:
    """Who was on which side of each kept cell, by its name; none where that is not kept.

    Raises:
        DamageError: If ``folds.json`` is damaged.
    """
    path = run / FOLDS
    return _sides(path, stamp(path)) if path.exists() else {}


def marked_cells(run: Path) -> list[Path]:
    """Folders of the cells of a run that are finished or kept, in the order of the folders."""
    kept = [run / name for name in kept_cells(run)]
    return sorted(kept) or [cell for cell in cell_folders(run) if (cell / DONE).exists()]


def is_marked(cell: Path) -> bool:
    """Whether a cell is finished or kept; it may be damaged."""
    return (cell / DONE).exists() or name_of(cell) in kept_cells(cell.parents[1])


def name_of(cell: Path) -> str:
    """Name of a cell within its run."""
    return f"{cell.parent.name}/{cell.name}"


@lru_cache(maxsize=64)
def _read(path: Path, _stamp: tuple[int, ...]) -> Kept:
    try:
        config, files = read_marker(path)
        content = read_json(path)
        shared, cells = content["shared"], content["cells"]
        return Kept(config, files, {name: {**shared, **own} for name, own in cells.items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise DamageError(f"{path} was edited: it has no facts of cells; {ANEW}.") from error
    except DamageError as error:
        raise DamageError(f"{error}; {ANEW}.") from error


@lru_cache(maxsize=8)
def _sides(path: Path, _stamp: tuple[int, ...]) -> Mapping[str, Any]:
    content = read_json(path)
    if isinstance(content, dict):
        return content
    raise DamageError(f"{path} was edited: it has no sides of cells")
