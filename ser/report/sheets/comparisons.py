"""Model against model, for the runs that predicted the same utterances in the same folds."""

from __future__ import annotations

import pandas as pd

from ser.evaluation.caveats import alarms
from ser.evaluation.groups import Group
from ser.report.sheets.paper import method, points
from ser.report.sheets.sheet import Column, Sheet, Value, number, percent, span, text

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
    notes = [f"{method(group)} {DETECTABLE}", *alarms(group.findings)]
    return Sheet(f"Model against model: {group.title}", COLUMNS, rows, notes)


def _row(row: pd.Series) -> list[Value]:
    return [
        text(row["a"]),
        text(row["b"]),
        percent(row["pooled_a"]),
        percent(row["pooled_b"]),
        points(row["difference"]),
        span(row["low"], row["high"]),
        number(row["bootstrap_p_holm"], "{:.3f}"),
        number(row["ttest_p_holm"], "{:.3f}"),
        percent(row["detectable"]),
    ]
