"""Tables in the terminal: those of a report, and the one that ends a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Group
from rich.text import Text

from ser.evaluation.distinctions import labels_of
from ser.evaluation.figure import compact_figures
from ser.evaluation.figures import summarise
from ser.evaluation.stamps import declared
from ser.report.sheets.matrix import matrices
from ser.report.sheets.overview import fold_count
from ser.report.sheets.sheet import Sheet, figure_value
from ser.runs.chosen import CANDIDATES
from ser.runs.layout import IDENTITY
from ser.runs.marker import read_identity
from ser.runs.reading import Run
from ser.system.rows import Rows

PARTS = ("corpus", "model", "cv")


def terminal(sheet: Sheet) -> Group:
    """Build the table that rich prints, and its notes below it."""
    table = Rows(sheet.title)
    for column in sheet.columns:
        table.add_column(column.heading, numeric=column.numeric)
    for row in sheet.rows:
        table.add_row(*(value.whole for value in row))
    return Group(table, *(Text(f" {note}\n", style="dim") for note in sheet.notes))


def compare_runs(runs: Mapping[str, Path]) -> Rows:
    """One line for each run, with figures pooled over its finished folds.

    A run is named by what differs from the other rows; its title stands where it has not begun,
    or was selected among others.

    Args:
        runs: Folders of runs by title.
    """
    known = {title: _open(run) for title, run in runs.items() if (run / IDENTITY).exists()}
    names, stamps = _names(runs, known), {title: declared(run) for title, run in known.items()}
    alarms = dict.fromkeys(alarm for stamp in stamps.values() for alarm in stamp.alarms)
    table = Rows(caption="\n".join(alarms))
    table.add_column("")
    for heading in ("folds", *(figure.heading for figure in compact_figures()), "min"):
        table.add_column(heading, numeric=True)
    for title in runs:
        suffix = stamps[title].suffix if title in stamps else ""
        table.add_row(names[title] + suffix, *_line(known.get(title)))
    return table


def compare_corpora(runs: Iterable[Path]) -> list[Group]:
    """Tables of corpora against corpora, where runs were tested on another than they learnt from.

    Args:
        runs: Folders of runs.
    """
    begun = (_open(run) for run in runs if (run / IDENTITY).exists())
    return [terminal(sheet) for sheet in matrices(begun)]


def _open(run: Path) -> Run:
    return Run(run, read_identity(run))


def _names(runs: Mapping[str, Path], known: Mapping[str, Run]) -> dict[str, str]:
    named = {t: run for t, run in known.items() if CANDIDATES not in run.identity}
    labels = labels_of([(run.name, run.identity) for run in named.values()])
    parts = [part for part in PARTS if len({getattr(each, part) for each in labels}) > 1]
    words = {t: label.words(parts) for t, label in zip(named, labels, strict=True)}
    return {title: words.get(title) or title for title in runs}


def _line(run: Run | None) -> list[str]:
    """Finished folds, pooled figures and minutes of a run; blanks before the first fold."""
    shown = compact_figures()
    if run is None or not run.finished:
        return ["0", *[""] * len(shown), ""]
    pooled = summarise(run.predictions)["pooled"]
    values = [f"{figure_value(f, pooled).text}{f.unit}" for f in shown]
    return [fold_count(run).text, *values, f"{run.minutes:.0f}"]
