"""Tables for a paper: one question each, at most five columns."""

from __future__ import annotations

from collections.abc import Sequence

from ser.evaluation.caveats import alarms, reading
from ser.evaluation.figure import FIGURES, Figure
from ser.evaluation.findings import Findings
from ser.evaluation.groups import Group
from ser.evaluation.ranking import selection_notes
from ser.report.sheets.overview import corpora_of, labels_of_all
from ser.report.sheets.sheet import (
    Column,
    Sheet,
    Value,
    figure_column,
    figure_value,
    number,
    span,
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


def comparison(group: Group) -> Sheet:
    """Tabulate the differences of the UAR between the runs of a group."""
    columns = [
        *map(Column, ("a", "b")),
        Column("a − b (points)", numeric=True),
        Column("p, bootstrap", numeric=True),
        Column("p, t-test", numeric=True),
    ]
    rows = [
        [
            text(row["a"]),
            text(row["b"]),
            _with_interval(points(row["difference"]), row["low"], row["high"]),
            number(row["bootstrap_p_holm"], "{:.3f}"),
            number(row["ttest_p_holm"], "{:.3f}"),
        ]
        for _, row in group.table.iterrows()
    ]
    notes = [method(group), *alarms(group.findings)]
    return Sheet(f"Model against model: {group.title}", columns, rows, notes)


def points(difference: float) -> Value:
    """Show a difference in points of percent, with its sign."""
    return Value(f"{100 * difference:+.1f}".replace("-", "−"), float(difference))


def method(group: Group) -> str:
    """Say how the runs of a group were compared."""
    first, count = group.table.iloc[0], len(group.table)
    few = ", which are few: the tails are uncertain" if first["too_few"] else ""
    folds = first["folds"]
    return (
        "Difference of the pooled UAR, with its 95 % interval and two-sided p value by a paired "
        f"bootstrap over {first['clusters']} {group.unit}s{few}; corrected resampled t-test "
        f"(Nadeau and Bengio, 2003) over {folds} fold{'s' if folds > 1 else ''}. Both p values "
        f"are Holm-corrected over {count} pair{'s' if count > 1 else ''}."
    )


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


def _with_interval(value: Value, low: float, high: float) -> Value:
    return Value(f"{value.text} [{span(low, high, ', ').text}]", value.order)
