"""The folds that are lacking, and why."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ser.evaluation.wording import ranges
from ser.report.sheets.sheet import NOTHING, Column, Sheet, text
from ser.runs.reading import Run
from ser.runs.state import CellState

# The one place that turns a state of a cell into words; a state without a sentence is its own.
SENTENCES = {
    "running": "running now",
    "interrupted": "interrupted: started, not finished",
    "to do": "to do: never started",
    "not asked for": "not asked for by any command",
}
UNCOUNTED = "the number of folds is not recorded, so others may be lacking"


def lacking(runs: Iterable[Run]) -> Sheet:
    """Tabulate the folds that failed, or are running, interrupted or still to do, and why."""
    rows = []
    for run in runs:
        for (seed, state, error), group in groupby(sorted(run.lacking, key=_order), key=_kind):
            folds = ranges([cell.fold for cell in group])
            rows.append([text(run.name), text(folds), text(seed), text(state), text(error)])
        if run.num_folds is None:
            rows.append(list(map(text, (run.name, "?", NOTHING, "unknown", UNCOUNTED))))
    headings = ("run", "folds", "seed", "state", "error")
    return Sheet("Folds that are lacking", [Column(name) for name in headings], rows)


def _kind(cell: CellState) -> tuple[int, str, str]:
    return cell.seed, SENTENCES.get(cell.state, cell.state), cell.error


def _order(cell: CellState) -> tuple[tuple[int, str, str], int]:
    return _kind(cell), cell.fold
