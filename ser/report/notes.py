"""Sentences below a table of runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ser.evaluation.findings import Findings
from ser.report.tables import ranges


def alarms(findings: Iterable[Findings]) -> list[str]:
    """What makes figures worthless for a comparison; the rows it is true of are marked."""
    found = list(findings)
    reasons = dict.fromkeys(r for f in found for r in f.stamp.leaks.split("; ") if r)
    notes = []
    if any(f.stamp.shuffled for f in found):
        notes.append("SHUFFLED LABELS: where a run is so marked, what is above chance has leaked.")
    if reasons:
        notes.append(
            "LEAKING PROTOCOL: the figures of runs marked LEAKS are too high, for "
            f"{', or '.join(_general(reasons))}."
        )
    return notes


def _general(reasons: Iterable[str]) -> list[str]:
    """Leave out what is counted for a single run."""
    general = [reason for reason in reasons if not reason.startswith("folds.json")]
    return general or ["folds.json has tested utterances in training"]


def reading(findings: Sequence[Findings]) -> list[str]:
    """How the figures of a table of runs are to be read."""
    few = [at for f in findings for at in f.intervals.values() if at.too_few]
    notes = [
        "Figures are pooled over the predictions of all finished folds. 95 % are bootstrap "
        "intervals of the UAR over utterances or speakers, percentiles expanded for few of "
        "them; the networks are held fixed, so they do not tell what another training would give."
    ]
    for run in (found.run for found in findings):
        seeds = sorted({cell.seed for cell in run.cells})
        if len(seeds) > 1:
            notes.append(f"Folds of {run.name} count once for each of the seeds {ranges(seeds)}.")
    for run in (run for run in (f.run for f in findings) if "selected.from" in run.identity):
        notes.append(
            f"{run.name} took in each fold the best of {len(run.identity['selected.from'])} "
            f"candidates by UAR over {run.identity['cv.inner']} inner folds of the training side; "
            "test sides had no part in the choice."
        )
    if few:
        counts = " or ".join(str(count) for count in sorted({at.clusters for at in few}))
        units = " and ".join(sorted({f"{at.unit}s" for at in few}))
        notes.append(f"{counts} {units} are few, and say little about the tails of all {units}.")
    return notes
