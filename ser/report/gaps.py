"""The folds that are not there, and why."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ser.report.tables import Column, Sheet, ranges, text
from ser.runs.reading import Run

WORDS = {
    "running": "being trained now",
    "failed": "failed",
    "interrupted": "started, not finished",
    "to do": "missing: never started",
}


def lacking(runs: Iterable[Run]) -> Sheet:
    """Tabulate the folds that are missing, failed or not finished, and why."""
    rows = []
    for run in runs:
        cells = sorted(run.lacking, key=lambda c: (c.seed, WORDS[c.state], c.error, c.fold))
        for (seed, state, error), group in groupby(
            cells, key=lambda c: (c.seed, WORDS[c.state], c.error)
        ):
            folds = ranges([cell.fold for cell in group])
            rows.append([text(run.name), text(folds), text(seed), text(state), text(error)])
        if run.num_folds is None:
            unknown = "the number of folds is not recorded, so more may be missing"
            rows.append([text(run.name), text("?"), text("–"), text("unknown"), text(unknown)])
    headings = ("run", "folds", "seed", "state", "error")
    return Sheet("Missing and failed folds", [Column(name) for name in headings], rows)
