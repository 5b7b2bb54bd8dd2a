"""Who was on which side of a fold: ``folds.json`` of a cell, written and read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ser.runs.cell import Cell
from ser.runs.kept import kept_sides
from ser.runs.layout import SIDES as FILE

if TYPE_CHECKING:
    from ser.corpora.row import Row
    from ser.folds import Fold

SIDES = ("train", "validation", "test")
COLUMNS = ["id", "view", "speaker", "emotion"]
Line = tuple[str, str, str | None, str | None]


def sides_content(
    cv: str, cell: Cell, fold: Fold, rows: Callable[[str], Sequence[Row]]
) -> dict[str, Any]:
    """Content of ``folds.json``: id, view, speaker and emotion of every row on each side.

    Args:
        cv: Name of the regime.
        cell: Cell that the fold is of.
        fold: The fold.
        rows: Gives the rows of a side.
    """
    sides = {
        side: [[row.id, row.view, row.speaker, row.emotion] for row in rows(side)] for side in SIDES
    }
    inner = {} if cell.inner is None else {"inner": cell.inner}
    return {"cv": cv, "fold": fold.index, **inner, "columns": COLUMNS, **sides}


def read_sides(folder: Path) -> Iterator[tuple[str, Line]]:
    """Yield the side of every row, and its id, view, speaker and emotion.

    Files of earlier versions hold ids alone, with the view behind a ``#``.

    Args:
        folder: Folder of a cell; nothing is yielded where it has no such file.
    """
    content: dict[str, Any] = kept_sides(folder) or {}
    if not content and (folder / FILE).exists():
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    known = "columns" in content
    for side in SIDES:
        for entry in content.get(side, []):
            yield side, tuple(entry) if known else _of_old(entry)


def _of_old(name: str) -> Line:
    utterance, _, view = name.partition("#")
    return utterance, view or "original", None, None
