"""Model against model, in full and in five columns, for runs that were asked the same."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ser.evaluation.caveats import alarms
from ser.evaluation.groups import Group
from ser.evaluation.wording import p_value
from ser.report.sheets.sheet import Column, Sheet, Value, number, percent, span, text
from ser.system.counted import counted

COLUMNS = (
    Column("a"),
    Column("b"),
    Column("UAR of a (%)", numeric=True),
    Column("UAR of b (%)", numeric=True),
    Column("a − b (points)", numeric=True),
    Column("95 %", numeric=True),
    Column("bootstrap p", numeric=True),
    Column("t-test p", numeric=True),
    Column("detectable (points)", numeric=True, minor=True),
)
DETECTABLE = (
    "Detectable is the smallest true difference that the t-test would show with a probability of "
    "80 %, before that correction."
)


def comparison(group: Group) -> Sheet:
    """Tabulate every pair of a group."""
    rows = [_row(row) for _, row in group.table.iterrows()]
    notes = [f"{_method(group)} {DETECTABLE}", *alarms(group.findings)]
    return Sheet(f"Model against model: {group.title}", COLUMNS, rows, notes)


def short_comparison(group: Group) -> Sheet:
    """Tabulate the differences alone, for a paper and a terminal."""
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
            _with_interval(_points(row["difference"]), row["low"], row["high"]),
            _chance(row["bootstrap_p_holm"]),
            _chance(row["ttest_p_holm"]),
        ]
        for _, row in group.table.iterrows()
    ]
    notes = [_method(group), *alarms(group.findings)]
    return Sheet(f"Model against model: {group.title}", columns, rows, notes)


def _method(group: Group) -> str:
    """Say how the runs of a group were compared."""
    first, count = group.table.iloc[0], len(group.table)
    few = ", which are few: the tails are uncertain" if first["too_few"] else ""
    folds = first["folds"]
    return (
        "Difference of the pooled UAR, with its 95 % interval and two-sided p value by a paired "
        f"bootstrap over {first['clusters']} {group.unit}s{few}; corrected resampled t-test "
        f"(Nadeau and Bengio, 2003) over {counted(folds, 'fold')}. Both p values "
        f"are Holm-corrected over {counted(count, 'pair')}."
    )


def _row(row: pd.Series) -> list[Value]:
    return [
        text(row["a"]),
        text(row["b"]),
        percent(row["pooled_a"]),
        percent(row["pooled_b"]),
        _points(row["difference"]),
        span(row["low"], row["high"]),
        _chance(row["bootstrap_p_holm"]),
        _chance(row["ttest_p_holm"]),
        percent(row["detectable"]),
    ]


def _points(difference: float) -> Value:
    """Show a difference in points of percent, with its sign."""
    return Value(f"{100 * difference:+.1f}".replace("-", "−"), float(difference))


def _chance(p: float) -> Value:
    """Show a p value; nan is a dash, and sorts last."""
    return number(p) if np.isnan(p) else Value(p_value(p), float(p))


def _with_interval(value: Value, low: float, high: float) -> Value:
    return Value(f"{value.text} [{span(low, high, ', ').text}]", value.order)
