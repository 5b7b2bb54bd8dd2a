"""Tables in the terminal: those of a report, and the one that ends a sweep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ser.evaluation.distinctions import labels_of
from ser.evaluation.figure import compact_figures
from ser.evaluation.figures import summarise
from ser.evaluation.stamps import declared
from ser.report.sheets.sheet import Sheet, figure_value
from ser.runs.checked import done_cells, read_facts, read_predictions
from ser.runs.layout import IDENTITY
from ser.runs.marker import read_identity
from ser.runs.reading import Run

PARTS = ("corpus", "model", "cv")
BREAK = re.compile(r" (?=\(|\w{2})")


def terminal(sheet: Sheet) -> Group:
    """Build the table that rich prints, and its notes below it."""
    table = Table(title=escape(sheet.title), title_justify="left", box=SIMPLE, padding=0)
    for column in sheet.columns:
        if column.numeric:  # numbers are never broken
            heading = heading_lines(column.heading)
            table.add_column(heading, justify="right", no_wrap=True)
        else:
            table.add_column(escape(column.heading), overflow="fold")
    for row in sheet.rows:
        table.add_row(*(escape(value.whole) for value in row))
    return Group(table, *(Text(f" {note}\n", style="dim") for note in sheet.notes))


def heading_lines(heading: str) -> str:
    """Break a heading before every word and bracket; single letters and signs stay where they are.

    Example:
        >>> heading_lines("a − b (points)").splitlines()
        ['a − b', '(points)']
    """
    return BREAK.sub("\n", escape(heading))


def compare_runs(runs: Mapping[str, Path]) -> Table:
    """One line for each run, with figures pooled over its finished folds.

    A run is named by what differs from the other rows; its title stands where it has not begun,
    or was selected among others.

    Args:
        runs: Folders of runs by title.
    """
    known = {title: _open(run) for title, run in runs.items() if (run / IDENTITY).exists()}
    names, stamps = _names(runs, known), {title: declared(run) for title, run in known.items()}
    alarms = dict.fromkeys(alarm for stamp in stamps.values() for alarm in stamp.alarms)
    table = Table(
        box=SIMPLE,
        padding=0,
        collapse_padding=True,
        caption=escape("\n".join(alarms)),
        caption_justify="left",
    )
    table.add_column("", overflow="fold")  # a name is never cut: rows would look alike
    headings = (heading_lines(figure.heading) for figure in compact_figures())
    for heading in ("folds", *headings, "min"):
        table.add_column(heading, justify="right", no_wrap=True)
    for title, run in runs.items():
        suffix = stamps[title].suffix if title in stamps else ""
        table.add_row(escape(names[title] + suffix), *_line(run))
    return table


def _open(run: Path) -> Run:
    return Run(run, read_identity(run))


def _names(runs: Mapping[str, Path], known: Mapping[str, Run]) -> dict[str, str]:
    named = {t: run for t, run in known.items() if "selected.from" not in run.identity}
    labels = labels_of([(run.name, run.identity) for run in named.values()])
    parts = [part for part in PARTS if len({getattr(each, part) for each in labels}) > 1]
    words = {t: label.words(parts) for t, label in zip(named, labels, strict=True)}
    return {title: words.get(title) or title for title in runs}


def _line(run: Path) -> list[str]:
    """Finished folds, pooled figures and minutes of a run; blanks before the first fold."""
    facts = [read_facts(cell) for cell in done_cells(run)]
    shown = compact_figures()
    if not facts:
        return ["0", *[""] * len(shown), ""]
    pooled = summarise(read_predictions(run))["pooled"]
    minutes = sum(fact.get("seconds", 0) for fact in facts) / 60
    values = [f"{figure_value(f, pooled).text}{f.unit}" for f in shown]
    return [f"{len(facts)}/{facts[0].get('folds', '?')}", *values, f"{minutes:.0f}"]
