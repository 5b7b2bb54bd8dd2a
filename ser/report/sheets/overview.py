"""Tables of all runs: their figures, the UAR first, and the folds that are lacking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from ser.evaluation.caveats import alarms, reading
from ser.evaluation.distinctions import Label, labels_of
from ser.evaluation.figure import compact_figures
from ser.evaluation.findings import Findings
from ser.evaluation.ranking import selection_notes
from ser.evaluation.wording import ranges
from ser.report.sheets.sheet import (
    NOTHING,
    Column,
    Sheet,
    Value,
    figure_column,
    figure_value,
    number,
    span,
    text,
)
from ser.runs.reading import Run
from ser.runs.state import CellState

UNITS = ("utterance", "speaker")
# The one place that turns a state of a cell into words; a state without a sentence is its own.
SENTENCES = {
    "running": "running now",
    "interrupted": "interrupted: started, not finished",
    "to do": "to do: never started",
    "not asked for": "not asked for by any command",
}
UNCOUNTED = "the number of folds is not recorded, so others may be lacking"
SHARED = {True: "yes", False: "no", None: "?"}


def overview(findings: Sequence[Findings], by: str = "name") -> Sheet:
    """Tabulate the pooled figures of all runs.

    Args:
        findings: Runs, in the order of the rows.
        by: What they were sorted by.
    """
    labels = labels_of_all(findings)
    corpora = corpora_of(findings)
    parts = [*(["corpus"] if len(corpora) > 1 else []), "cv"]
    columns = [Column("run"), *map(Column, parts), *_columns(UNITS)]
    columns += [Column("speakers shared"), Column("M par.", numeric=True, minor=True)]
    rows = []
    for found, label in zip(findings, labels, strict=True):
        said = [text(getattr(label, part)) for part in parts]
        last = [text(SHARED[found.stamp.shared]), millions(parameters_of(found.run))]
        rows.append([_run(label), *said, *_row(found, UNITS), *last])
    notes = [*selection_notes(by), *alarms(findings), *reading(findings), *_naming(labels)]
    return Sheet(f"Runs on {' and '.join(corpora)}", columns, rows, notes)


def compact_overview(findings: Sequence[Findings], by: str = "name") -> Sheet:
    """Tabulate the same for a terminal of 80 columns, with the interval over speakers alone."""
    labels = labels_of_all(findings)
    parts = [*(["corpus"] if len(corpora_of(findings)) > 1 else []), "model", "cv"]
    columns = [Column("run"), *(_short(column) for column in _columns(UNITS[1:]))]
    rows = []
    for found, label in zip(findings, labels, strict=True):
        name = "/".join(getattr(label, part) for part in parts)
        words = "\n".join((name, *_settings(label)))
        rows.append([text(words), *map(_over_lines, _row(found, UNITS[1:]))])
    regimes = dict.fromkeys(found.stamp.regime for found in findings)
    notes = [*selection_notes(by), *regimes, *alarms(findings), *reading(findings)]
    return Sheet("Runs", columns, rows, ["Figures in %.", *notes, *_naming(labels)])


def lacking(runs: Iterable[Run]) -> Sheet:
    """Tabulate the folds that are not done: failed, damaged, running or still to do, and why."""
    rows = []
    for run in runs:
        for (seed, state, error), group in groupby(sorted(run.lacking, key=_order), key=_kind):
            folds = ranges([cell.fold for cell in group])
            rows.append([text(run.name), text(folds), text(seed), text(state), text(error)])
        if run.num_folds is None:
            rows.append(list(map(text, (run.name, "?", NOTHING, "unknown", UNCOUNTED))))
    headings = ("run", "folds", "seed", "state", "error")
    return Sheet("Folds that are lacking", [Column(name) for name in headings], rows)


def labels_of_all(findings: Sequence[Findings]) -> list[Label]:
    """Name each run so that no two read alike."""
    return labels_of([(found.run.name, found.run.identity) for found in findings])


def corpora_of(findings: Sequence[Findings]) -> list[str]:
    """List the corpora of some runs."""
    return sorted({found.run.name.corpus for found in findings})


def fold_count(run: Run) -> Value:
    """Finished cells out of all; a cell is a fold at a seed."""
    whole = "?" if run.num_folds is None else str(len(run.cells))
    return Value(f"{len(run.finished)}/{whole}", len(run.finished))


def parameters_of(run: Run) -> float:
    """Number of parameters of the network; nan where no finished fold says it."""
    facts = list(run.facts.values())
    return float(facts[0].get("parameters", np.nan)) if facts else np.nan


def millions(count: float) -> Value:
    """Show a number of parameters in millions; it sorts by the number itself."""
    return Value(number(count / 1e6, "{:.2f}").text, count)


def _columns(units: Sequence[str]) -> list[Column]:
    uar, *others = map(figure_column, compact_figures())
    between = [Column(f"95 % {unit}s", numeric=True, test_score=True) for unit in units]
    cost = [Column(name, numeric=True, minor=True) for name in ("folds", "min")]
    return [Column("protocol"), uar, *between, *others, *cost]


def _row(found: Findings, units: Sequence[str]) -> list[Value]:
    run, stamp = found.run, found.stamp
    uar, *others = (figure_value(figure, found.pooled) for figure in compact_figures())
    by_unit = found.intervals
    spans = [by_unit[unit]["uar"] if unit in by_unit else None for unit in units]
    between = [span(at.low, at.high, "–") if at else number(None) for at in spans]
    minutes = number(run.minutes if run.finished else None)
    protocol = Value(stamp.short, mark=stamp.mark)
    return [protocol, uar, *between, *others, fold_count(run), minutes]


def _run(label: Label) -> Value:
    return Value(label.model, remark=", ".join(_settings(label)))


def _settings(label: Label) -> list[str]:
    """Leave out the protocol, which has a column of its own."""
    return [words for words in label.settings if not words.startswith("protocol=")]


def _naming(labels: Sequence[Label]) -> list[str]:
    if not any(_settings(label) for label in labels):
        return []
    return [
        "Below or behind the name of a network stand the settings that tell its runs apart; "
        "config.yaml has all of them."
    ]


def _short(column: Column) -> Column:
    return replace(column, heading=column.heading.removesuffix(" (%)"))


def _over_lines(value: Value) -> Value:
    """Put what is in brackets or behind a comma on a line of its own."""
    return replace(value, text=value.text.replace(" (", "\n(").replace(", ", ",\n") or NOTHING)


def _kind(cell: CellState) -> tuple[int, str, str]:
    return cell.seed, SENTENCES.get(cell.state, cell.state), cell.error


def _order(cell: CellState) -> tuple[tuple[int, str, str], int]:
    return _kind(cell), cell.fold
