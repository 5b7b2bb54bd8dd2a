"""The table that ends a sweep: one line for each run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Table

from ser.evaluation.figures import FIGURES, summarise
from ser.report.headings import HEADINGS
from ser.runs.facts import read_facts
from ser.runs.kept import done_cells
from ser.runs.predictions import read_predictions


def compare_runs(runs: Mapping[str, Path]) -> Table:
    """One line for each run, with figures pooled over its finished folds.

    Args:
        runs: Folders of runs by title.
    """
    table = Table(box=SIMPLE, padding=0, collapse_padding=True)
    table.add_column("")
    for heading in ("folds", *HEADINGS.values(), "min"):
        table.add_column(heading, justify="right", no_wrap=True)
    for title, run in runs.items():
        table.add_row(title, *_line(run))
    return table


def _line(run: Path) -> list[str]:
    """Finished folds, pooled figures and minutes of a run; blanks before the first fold."""
    facts = [read_facts(cell) for cell in done_cells(run)]
    if not facts:
        return ["0", *[""] * len(FIGURES), ""]
    pooled = summarise(read_predictions(run))["pooled"]
    minutes = sum(fact["seconds"] for fact in facts) / 60
    shown = [f"{pooled[name]:.1%}" for name in FIGURES]
    return [f"{len(facts)}/{facts[0].get('folds', '?')}", *shown, f"{minutes:.0f}"]
