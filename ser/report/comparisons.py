"""Model against model, for the runs that predicted the same utterances in the same folds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd

from ser.evaluation.comparison import KEYS, compare
from ser.evaluation.design import fitted_utterances
from ser.evaluation.findings import Findings
from ser.report.notes import alarms
from ser.report.tables import Column, Sheet, Value, number, percent, span, text

COLUMNS = (
    Column("a"),
    Column("b"),
    Column("UAR of a (%)", numeric=True),
    Column("UAR of b (%)", numeric=True),
    Column("a − b (points)", numeric=True),
    Column("95 %", numeric=True),
    Column("bootstrap p", numeric=True),
    Column("t-test p", numeric=True),
    Column("detectable (points)", numeric=True),
)


def comparisons(findings: Sequence[Findings]) -> list[Sheet]:
    """One table for each set of runs that share corpus, folds and seeds."""
    groups: dict[str, list[Findings]] = {}
    for found in findings:
        if found.run.finished:
            groups.setdefault(signature(found.run.predictions), []).append(found)
    return [_sheet(group) for group in groups.values() if len(group) > 1]


def signature(predictions: pd.DataFrame) -> str:
    """Digest of what was predicted: equal where two runs were asked the same questions."""
    asked = predictions[KEYS].sort_values(KEYS).to_csv(index=False)
    emotions = ",".join(name for name in predictions.columns if name.startswith("p_"))
    return hashlib.sha256(f"{emotions}\n{asked}".encode()).hexdigest()


def _sheet(group: Sequence[Findings]) -> Sheet:
    names = _names(group)
    tables = {name: found.run.predictions for name, found in zip(names, group, strict=True)}
    unit = "speaker" if group[0].run.predictions["speaker"].nunique() > 1 else "utterance"
    table = compare(tables, n_train=_fitted(group), unit=unit, expanded=True)
    rows = [_row(row) for _, row in table.iterrows()]
    first = group[0].run
    title = f"Model against model: {first.name.corpus}, cv={first.name.cv}"
    return Sheet(title, COLUMNS, rows, [*_notes(table, unit), *alarms(group)])


def _names(group: Sequence[Findings]) -> list[str]:
    """Call each run by its model, or by as much of its name as tells it from the others."""
    for take in ("model", None):
        names = [getattr(f.run.name, take) if take else str(f.run.name) for f in group]
        if len(set(names)) == len(names):
            break
    else:
        names = [str(found.run.folder) for found in group]
    stressed = [found.stamp.short if found.stamp.mark else "" for found in group]
    return [f"{n} [{s}]" if s else n for n, s in zip(names, stressed, strict=True)]


def _fitted(group: Sequence[Findings]) -> dict[int, int]:
    """Utterances fitted on in each fold; the fewest of all runs, which is the careful choice."""
    counts = pd.DataFrame([fitted_utterances(found.run, found.design) for found in group])
    return {int(fold): int(count) for fold, count in counts.min().items()}


def _row(row: pd.Series) -> list[Value]:
    return [
        text(row["a"]),
        text(row["b"]),
        percent(row["pooled_a"]),
        percent(row["pooled_b"]),
        Value(f"{100 * row['difference']:+.1f}".replace("-", "−"), float(row["difference"])),
        span(row["low"], row["high"]),
        number(row["bootstrap_p_holm"], "{:.3f}"),
        number(row["ttest_p_holm"], "{:.3f}"),
        percent(row["detectable"]),
    ]


def _notes(table: pd.DataFrame, unit: str) -> list[str]:
    first = table.iloc[0]
    few = ", which are few: distrust the tails" if first["too_few"] else ""
    return [
        f"Difference of the pooled UAR, its 95 % interval and two-sided p by a paired bootstrap "
        f"over {first['clusters']} {unit}s{few}; corrected resampled t-test (Nadeau and Bengio, "
        f"2003) over {first['folds']} folds. Both p values are Holm-corrected over "
        f"{len(table)} pair{'s' if len(table) > 1 else ''}. Detectable is the smallest true "
        "difference that the t-test would show with 80 % probability, before that correction."
    ]
