"""Who was on which side of a fold: ``folds.json`` of a cell, written and read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ser.errors import DamageError
from ser.folds.fold import SIDES
from ser.runs.cell import Cell
from ser.runs.files import read_json
from ser.runs.kept import kept_sides, name_of
from ser.runs.layout import FOLDS

if TYPE_CHECKING:
    from ser.corpora.row import Row
    from ser.folds import Fold

COLUMNS = ["id", "view", "speaker", "emotion"]
Line = tuple[str, str, str | None, str | None]


def sides_content(
    cv: str, cell: Cell, fold: Fold, rows: Callable[[str], Sequence[Row]], stamp: str = ""
) -> dict[str, Any]:
    """Content of ``folds.json``: id, view, speaker and emotion of every row on each side.

    Args:
        cv: Name of the regime.
        cell: Cell that the fold is of.
        fold: The fold.
        rows: Gives the rows of a side.
        stamp: What every artefact says of a run whose figures are unlike others.
    """
    sides = {
        side: [[row.id, row.view, row.speaker, row.emotion] for row in rows(side)] for side in SIDES
    }
    inner = {} if cell.inner is None else {"inner": cell.inner}
    said = {"protocol": stamp} if stamp else {}
    return {"cv": cv, **said, "fold": fold.index, **inner, "columns": COLUMNS, **sides}


def read_sides(folder: Path) -> Iterator[tuple[str, Line]]:
    """Yield the side of every row, and its id, view, speaker and emotion.

    Files of earlier versions hold ids alone, with the view behind a ``#``.

    Args:
        folder: Folder of a cell; nothing is yielded where it has no such file.

    Raises:
        DamageError: If the file is damaged.
    """
    content = kept_sides(folder.parents[1]).get(name_of(folder))
    path = folder / FOLDS
    if content is None and path.exists():
        content = read_json(path)
    if content is not None:
        for side, lines in lines_of(path, content).items():
            for line in lines:
                yield side, line


def lines_of(path: Path, content: Any) -> dict[str, list[Line]]:
    """Rows of every side.

    Args:
        path: File that they are of.
        content: What it holds.

    Raises:
        DamageError: If it does not hold the sides of a fold.
    """
    try:
        take = _line(content["columns"]) if "columns" in content else _of_old
        return {side: [take(entry) for entry in content.get(side, [])] for side in SIDES}
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise DamageError(f"{path} was edited: it has no sides of a fold") from error


def _line(columns: list[str]) -> Callable[[Any], Line]:
    """Take the parts of a line that are known here, wherever they stand."""
    places = [columns.index(column) for column in COLUMNS]

    def take(entry: Any) -> Line:
        utterance, view, speaker, emotion = (entry[place] for place in places)
        return utterance, view, speaker, emotion

    return take


def _of_old(name: str) -> Line:
    utterance, _, view = name.partition("#")
    return utterance, view or "original", None, None
