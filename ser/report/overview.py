"""One table of all runs, like those that are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ser.evaluation.findings import Findings
from ser.report.headings import HEADINGS
from ser.report.notes import alarms, reading
from ser.report.order import selection_notes
from ser.report.tables import Column, Sheet, Value, number, percent, span, text
from ser.runs.reading import Run

SHOWN = ("uar", "accuracy", "weighted_f1")
UNITS = ("utterance", "speaker")
SHARED = {True: "yes", False: "no", None: "?"}


def overview(findings: Sequence[Findings], by: str = "name") -> Sheet:
    """Tabulate the pooled figures of all runs, the UAR first.

    Args:
        findings: Runs, in the order of the rows.
        by: What they were sorted by.
    """
    corpora = sorted({found.run.name.corpus for found in findings})
    names = [*(["corpus"] if len(corpora) > 1 else []), "model", "cv"]
    columns = [*map(Column, names), *_columns([f"{HEADINGS[name]} (%)" for name in SHOWN], UNITS)]
    columns += [Column("speakers shared"), Column("parameters", numeric=True)]
    rows = []
    for found in findings:
        name = found.run.name
        model = ", ".join(filter(None, (name.model, name.variant)))
        words = {"corpus": name.corpus, "model": model, "cv": name.cv}
        last = [text(SHARED[found.stamp.shared]), number(parameters_of(found.run))]
        rows.append([*(text(words[name]) for name in names), *_row(found, UNITS), *last])
    notes = [*selection_notes(by), *alarms(findings), *reading(findings)]
    return Sheet(f"Runs on {' and '.join(corpora)}", columns, rows, notes)


def compact_overview(findings: Sequence[Findings], by: str = "name") -> Sheet:
    """Tabulate the same for a terminal of 80 columns, with the interval over speakers alone."""
    columns = [
        Column("run"),
        *_columns(["UAR", "acc.", "F1"], UNITS[1:]),
        Column("M par.", numeric=True),
    ]
    rows = []
    for found in findings:
        name = "\n".join(filter(None, (found.run.name.plain, found.run.name.variant)))
        millions = number(parameters_of(found.run) / 1e6, "{:.2f}")
        short = [_over_lines(value) for value in _row(found, UNITS[1:])]
        rows.append([text(name), *short, millions])
    regimes = dict.fromkeys(found.stamp.regime for found in findings)
    notes = [*selection_notes(by), *regimes, *alarms(findings), *reading(findings)]
    return Sheet("Runs", columns, rows, ["Figures in %; F1 is the weighted one.", *notes])


def fold_count(run: Run) -> Value:
    """Finished cells out of all; a cell is a fold at a seed."""
    whole = "?" if run.num_folds is None else str(len(run.cells))
    return Value(f"{len(run.finished)}/{whole}", len(run.finished))


def parameters_of(run: Run) -> float:
    """Number of parameters of the network; nan where no finished fold says it."""
    facts = next(iter(run.facts.values()), None) or {}
    return float(facts.get("parameters", float("nan")))


def _columns(figures: Sequence[str], units: Sequence[str]) -> list[Column]:
    uar, *others = (Column(name, numeric=True, test_score=True) for name in figures)
    between = [Column(f"95 % {unit}s", numeric=True, test_score=True) for unit in units]
    cost = [Column(name, numeric=True) for name in ("folds", "min")]
    return [Column("protocol"), uar, *between, *others, *cost]


def _row(found: Findings, units: Sequence[str]) -> list[Value]:
    run, stamp, nothing = found.run, found.stamp, number(float("nan"))
    uar, *others = (percent(found.pooled[n]) if found.pooled else nothing for n in SHOWN)
    spans = [found.intervals.get(unit) for unit in units]
    between = [span(at.low, at.high, "–") if at else nothing for at in spans]
    minutes = number(run.minutes) if run.finished else nothing
    protocol = Value(stamp.short, mark=stamp.mark)
    return [protocol, uar, *between, *others, fold_count(run), minutes]


def _over_lines(value: Value) -> Value:
    """Put what is in brackets or behind a comma on a line of its own."""
    return replace(value, text=value.text.replace(" (", "\n(").replace(", ", ",\n"))
