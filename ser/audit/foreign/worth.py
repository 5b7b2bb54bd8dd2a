"""What somebody else's predictions are worth: figures, intervals, and a test against ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ser.audit.foreign.predictions import tested_together
from ser.audit.page import Part
from ser.errors import RunError
from ser.evaluation.alignment import align
from ser.evaluation.design import design_of
from ser.evaluation.detectable import detectable, detectable_accuracy
from ser.evaluation.figure import Figure, figures_for
from ser.evaluation.figures import summarise
from ser.evaluation.intervals import Interval, intervals
from ser.evaluation.paired import PairedBootstrap, paired_bootstrap
from ser.evaluation.resampling import LEAST
from ser.evaluation.stamps import stamp_of
from ser.evaluation.wording import p_value
from ser.runs.checked import damaged_cells, read_predictions
from ser.runs.layout import IDENTITY
from ser.runs.marker import read_identity
from ser.runs.predictions import read_table
from ser.runs.reading import Run
from ser.system.counted import counted

UNITS = ("utterance", "speaker")
SHARES = (0.1, 0.2, 0.3)  # of utterances that two sets of predictions disagree on
RESAMPLES = 10_000


def figures(table: pd.DataFrame) -> Part:
    """Every figure with its intervals.

    Args:
        table: Predictions.
    """
    found = {unit: _intervals(table, unit) for unit in UNITS}
    pooled = summarise(table)["pooled"]
    rows = [
        (figure.heading, _shown(figure, pooled[figure.name]), *_ends(figure, found))
        for figure in figures_for(table)
    ]
    count, speakers, classes = (table[name].nunique() for name in ("id", "speaker", "truth"))
    lines = [
        f"{counted(count, 'utterance')} of {counted(speakers, 'speaker')}; "
        f"chance is {1 / classes:.1%} UAR"
    ]
    if not found["speaker"]:
        lines.append(
            f"{counted(speakers, 'speaker is', 'speakers are')} too few for an interval over them: "
            f"{LEAST} are needed"
        )
    return Part("What they reach", lines, ("", "pooled", *(f"95 % {u}s" for u in UNITS)), rows)


def against(table: pd.DataFrame, ours: Path) -> Part:
    """Compare with ours, utterance by utterance.

    Args:
        table: Their predictions.
        ours: Folder of a run, or a table of predictions.

    Raises:
        RunError: If ours cannot be read, or the two cannot be compared.
    """
    known = _ours(ours)
    theirs, own = align(table, known)
    lines = [
        *_stamp(ours),
        *_left_out(ours),
        f"{counted(theirs['id'].nunique(), 'utterance')} that both predict, by equal draws",
    ]
    common = set(own["id"])
    one, other = (tested_together(each[each["id"].isin(common)]) for each in (table, known))
    if set(one) != set(other):
        lines.append(
            "the folds are not the same, so that the difference is one of training sides as well"
        )
    rows = [_row(unit, name, theirs, own) for name in ("uar", "accuracy") for unit in UNITS]
    heading = ("figure", "over", "theirs − ours", "95 %", "p", "detectable")
    lines.append("detectable: smallest true difference that would show with a probability of 80 %")
    return Part(f"Beside {ours}", lines, heading, list(filter(None, rows)))


def power(table: pd.DataFrame) -> Part:
    """Say what differences this many predictions could show at all.

    Args:
        table: Predictions.
    """
    count = table["id"].nunique()
    rows = []
    for share in SHARES:
        points = detectable_accuracy(share, count)
        shown = "none" if np.isnan(points) else f"{100 * points:.1f} points"
        rows.append((f"{share:.0%}", shown))
    lines = [
        "smallest difference in accuracy from another set of predictions that would show "
        "(p < .05, probability 80 %), by the share of utterances that only one of the two has "
        "right; it may be larger over speakers, whose utterances are alike",
    ]
    return Part("What these data can show", lines, ("only one right", "difference"), rows)


def _intervals(table: pd.DataFrame, unit: str) -> dict[str, Interval]:
    try:
        return intervals(table, unit, expanded=True)
    except RunError:  # too few
        return {}


def _ends(figure: Figure, found: dict[str, dict[str, Interval]]) -> Iterator[str]:
    for at in found.values():
        known = at.get(figure.name)
        yield f"{figure.shown(known.low)} to {figure.shown(known.high)}" if known else "–"


def _shown(figure: Figure, value: float) -> str:
    return f"{figure.shown(value)} {figure.unit}".strip()


def _row(unit: str, name: str, theirs: pd.DataFrame, own: pd.DataFrame) -> tuple[str, ...] | None:
    try:
        found = paired_bootstrap(theirs, own, name, unit, resamples=RESAMPLES, expanded=True)
    except RunError:  # too few to draw
        return None
    return (name.replace("uar", "UAR"), f"{found.interval.clusters} {unit}s", *_tested(found))


def _tested(found: PairedBootstrap) -> tuple[str, ...]:
    at = found.interval
    points = [f"{100 * value:+.1f}".replace("-", "−") for value in (at.estimate, at.low, at.high)]
    return points[0], f"{points[1]} to {points[2]}", p_value(found.p), f"{100 * detectable(at):.1f}"


def _ours(path: Path) -> pd.DataFrame:
    if path.is_dir():
        return read_predictions(path)
    if not path.is_file():
        raise RunError(f"ours={path} does not exist; pass the folder of a run or predictions.csv.")
    return read_table(path)


def _left_out(path: Path) -> list[str]:
    faults = damaged_cells(path) if path.is_dir() else []
    return [f"left out of ours: {fault}" for fault in faults]


def _stamp(path: Path) -> list[str]:
    if not (path / IDENTITY).exists():
        return []
    run = Run(path, read_identity(path))
    return stamp_of(run, design_of(run)).notes
