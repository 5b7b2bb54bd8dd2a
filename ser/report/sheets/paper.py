"""Tables for a paper: one question each, at most five columns."""

from __future__ import annotations

from collections.abc import Sequence

from ser.evaluation.caveats import alarms, reading
from ser.evaluation.figure import FIGURES, Figure
from ser.evaluation.findings import Findings
from ser.evaluation.ranking import selection_notes
from ser.report.sheets.overview import corpora_of, labels_of_all
from ser.report.sheets.sheet import (
    Column,
    Sheet,
    Value,
    figure_column,
    figure_value,
    text,
)

TOGETHER = 3  # figures beside the name of a run and its regime
UNIT = "speaker"  # what the interval of a figure is taken over


def results(findings: Sequence[Findings], by: str = "name") -> list[Sheet]:
    """Tabulate every figure, a few in each table, a set of tables for each corpus.

    Args:
        findings: Runs, in the order of the rows.
        by: What they were sorted by.
    """
    figures = list(FIGURES.values())
    chunks = [figures[i : i + TOGETHER] for i in range(0, len(figures), TOGETHER)]
    sheets = []
    for corpus in corpora_of(findings):
        runs = [found for found in findings if found.run.name.corpus == corpus]
        for i, chunk in enumerate(chunks):
            title = f"{'Further figures' if i else 'Results'} on {corpus}"
            notes = [*selection_notes(by), *alarms(runs), *(() if i else reading(runs))]
            sheets.append(_results(runs, chunk, title, notes))
    return sheets


def _results(
    findings: Sequence[Findings], figures: Sequence[Figure], title: str, notes: Sequence[str]
) -> Sheet:
    columns = [Column("run"), Column("cv"), *map(figure_column, figures)]
    rows = []
    for found, label in zip(findings, labels_of_all(findings), strict=True):
        stamp = found.stamp
        settings = [w for w in label.settings if not (stamp.mark and w.startswith("protocol="))]
        name = ", ".join([label.model, *settings]) + stamp.suffix
        cells = [_judged(found, figure) for figure in figures]
        rows.append([text(name), text(label.cv), *cells])
    return Sheet(title, columns, rows, notes)


def _judged(found: Findings, figure: Figure) -> Value:
    value = figure_value(figure, found.pooled)
    at = found.intervals.get(UNIT, {}).get(figure.name)
    if not at:
        return value
    return Value(f"{value.text} [{figure.shown(at.low)}, {figure.shown(at.high)}]", value.order)
