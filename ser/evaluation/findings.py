"""What there is to say about a run, computed once and shown in every form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ser.errors import RunError
from ser.evaluation.calibration import Reliability, reliability
from ser.evaluation.design import design_of
from ser.evaluation.figures import Summary, summarise
from ser.evaluation.intervals import Interval, intervals
from ser.evaluation.stamps import Stamp, stamp_of
from ser.runs.reading import Run


@dataclass(frozen=True)
class Findings:
    """Figures of one run and what a reader must know to judge them.

    Args:
        run: The run.
        stamp: Protocol, leaks and notes.
        design: What ``design_of`` gives.
        summary: Figures by fold, over folds and pooled; None before the first finished fold.
        reliability: Calibration; None before the first finished fold.
        intervals: Interval of each pooled figure, over utterances and over speakers; without
            what cannot be resampled.
    """

    run: Run
    stamp: Stamp
    design: pd.DataFrame
    summary: Summary | None
    reliability: Reliability | None
    intervals: Mapping[str, Mapping[str, Interval]]

    @property
    def pooled(self) -> Mapping[str, float]:
        """Figures of all predictions together; empty before the first finished fold."""
        return self.summary["pooled"] if self.summary else {}


def findings_of(run: Run) -> Findings:
    """Compute everything from the predictions of a run."""
    if not run.finished:
        empty = pd.DataFrame(columns=["fold", "side", "id", "view", "speaker", "emotion"])
        return Findings(run, stamp_of(run, empty), empty, None, None, {})
    table, design = run.predictions, design_of(run)
    return Findings(
        run=run,
        stamp=stamp_of(run, design),
        design=design,
        summary=summarise(table),
        reliability=reliability(table),
        intervals=_intervals(table, ("utterance", "speaker")),
    )


def _intervals(predictions: pd.DataFrame, units: Iterable[str]) -> dict[str, dict[str, Interval]]:
    """Intervals that make up for few clusters; a handful of speakers has none."""
    found = {}
    for unit in units:
        try:
            found[unit] = intervals(predictions, unit, expanded=True)
        except RunError:
            continue
    return found
