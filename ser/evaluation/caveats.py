"""What a reader must know to judge a table of runs, in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ser.evaluation.findings import Findings
from ser.evaluation.resampling import LEAST
from ser.evaluation.wording import several
from ser.runs.chosen import CANDIDATES
from ser.system.counted import any_of


def alarms(findings: Iterable[Findings]) -> list[str]:
    """What makes figures unfit for a comparison; the rows concerned are marked."""
    found = list(findings)
    reasons = dict.fromkeys(r for f in found for r in f.stamp.leaks.split("; ") if r)
    notes = []
    if any(f.stamp.shuffled for f in found):
        notes.append("SHUFFLED LABELS: in a run marked so, anything above chance has leaked.")
    if reasons:
        notes.append(
            "LEAKING PROTOCOL: the figures of runs marked LEAKS are too high, because "
            f"{', or '.join(_general(reasons))}."
        )
    if ways := dict.fromkeys(f.stamp.transductive for f in found if f.stamp.transductive):
        notes.append(
            "TRANSDUCTIVE: runs marked so are to be compared with their like alone, because "
            f"{', or '.join(ways)}."
        )
    return notes


def reading(findings: Sequence[Findings]) -> list[str]:
    """How the figures of a table of runs are to be read."""
    return [
        "Figures are pooled over the predictions of all finished folds. The 95 % intervals are "
        "bootstrap intervals of the UAR over utterances or over speakers, widened where there are "
        "few of either. The networks are not retrained for them, so they do not show how much the "
        "UAR would change with another training.",
        *_seeds(findings),
        *_selected(findings),
        *_too_few(findings),
        *_few(findings),
    ]


def _general(reasons: Iterable[str]) -> list[str]:
    """Leave out what is counted for a single run."""
    general = [reason for reason in reasons if not reason.startswith("folds.json")]
    return general or ["folds.json has tested utterances in training"]


def _seeds(findings: Iterable[Findings]) -> list[str]:
    seeds = {str(f.run.name): sorted({cell.seed for cell in f.run.cells}) for f in findings}
    return [
        f"Each fold of {name} counts once for each of the {several('seed', numbers)}."
        for name, numbers in seeds.items()
        if len(numbers) > 1
    ]


def _selected(findings: Iterable[Findings]) -> list[str]:
    runs = [found.run for found in findings if CANDIDATES in found.run.identity]
    return [
        f"{run.name} took in each fold the best of {len(run.identity[CANDIDATES])} "
        f"candidates by UAR over {run.identity['cv.inner']} inner folds of the training side; "
        "test sides had no part in the choice."
        for run in runs
    ]


def _too_few(findings: Iterable[Findings]) -> list[str]:
    runs = [f.run for f in findings if f.run.finished and "speaker" not in f.intervals]
    counts = {run.predictions["speaker"].nunique() for run in runs}
    if not counts:
        return []
    speakers = f"{any_of(counts)} {'speaker' if max(counts) == 1 else 'speakers'}"
    return [
        f"An interval over speakers needs {LEAST} of them (Cameron, Gelbach and Miller, 2008): "
        f"what was tested on {speakers} has none."
    ]


def _few(findings: Iterable[Findings]) -> list[str]:
    few = [at["uar"] for f in findings for at in f.intervals.values() if at["uar"].too_few]
    if not few:
        return []
    sizes: dict[str, set[int]] = defaultdict(set)
    for at in few:
        sizes[f"{at.unit}s"].add(at.clusters)
    counts = " and ".join(f"{any_of(size)} {units}" for units, size in sorted(sizes.items()))
    return [f"{counts} are few, and say little about unusual {' and '.join(sorted(sizes))}."]
