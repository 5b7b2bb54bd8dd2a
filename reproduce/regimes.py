"""One network under every regime.

The regimes are sorted from what a network has most of in training to what is newest to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from reproduce.jobs import Job
from reproduce.lines import folds_of, heading, row_of, whole_cells
from ser.errors import RunError
from ser.evaluation.figures import summarise
from ser.evaluation.intervals import interval
from ser.folds import REGIMES
from ser.runs.checked import read_predictions

HEADING = (
    "`cv=`",
    "new in the test",
    "folds",
    "seeds",
    "UAR",
    "95 % utterances",
    "95 % speakers",
    "accuracy",
    "weighted F1",
)
SHOWN = ("kfold", "stratified", "sentence", "speaker", "speaker_sentence")
UNITS = ("utterance", "speaker")


@dataclass(frozen=True)
class Regime:
    """What a network reaches under a regime.

    Args:
        name: Name of the regime.
        folds: How many of its folds were run.
        seeds: How often each was trained.
        pooled: Figures over the predictions of all folds, as a mean over the seeds.
        spans: Ends of the 95 % interval of the UAR over each of ``UNITS``; nan of too few.
    """

    name: str
    folds: str
    seeds: int
    pooled: dict[str, float]
    spans: Sequence[tuple[float, float]]


def jobs() -> list[Job]:
    """List the trainings of one network with default settings under all regimes."""
    return [Job("emodb", "cnn1d", name) for name in SHOWN]


def measured(results: Path) -> list[Regime]:
    """What was measured under each regime that was run.

    Args:
        results: Folder of run folders.
    """
    runs = {job.cv: results / job.run for job in jobs()}
    return [_regime(name, run) for name, run in runs.items() if whole_cells(run)]


def new_in_test(name: str) -> str:
    """What is new to a network in the test of a regime."""
    return " and ".join(REGIMES[name].groups) or "nothing"


def regimes(results: Path) -> str:
    """Markdown of one network with default settings, a line for each regime.

    Args:
        results: Folder of run folders.
    """
    known = {regime.name: regime for regime in measured(results)}
    lines = heading(HEADING, 2)
    for name in SHOWN:
        shown = _cells(known[name]) if name in known else ("not run", *[""] * (len(HEADING) - 3))
        lines.append(row_of((f"`{name}`", new_in_test(name), *shown)))
    return "\n".join(lines)


def _regime(name: str, run: Path) -> Regime:
    table = read_predictions(run)
    spans = [_ends(table, unit) for unit in UNITS]
    seeds = table["seed"].nunique()
    return Regime(name, folds_of(run), seeds, dict(summarise(table)["pooled"]), spans)


def _ends(table: pd.DataFrame, unit: str) -> tuple[float, float]:
    try:
        found = interval(table, "uar", unit, expanded=True)
    except RunError:
        return math.nan, math.nan
    return found.low, found.high


def _cells(regime: Regime) -> Sequence[str]:
    between = [
        "–" if math.isnan(low) else f"{100 * low:.1f} to {100 * high:.1f}"
        for low, high in regime.spans
    ]
    uar, *others = (f"{regime.pooled[name]:.1%}" for name in ("uar", "accuracy", "weighted_f1"))
    return (regime.folds, str(regime.seeds), uar, *between, *others)
