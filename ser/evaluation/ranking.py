"""The order of runs, and what a ranking by test score is worth."""

from __future__ import annotations

from collections.abc import Iterable

from ser.errors import check_choice
from ser.evaluation.figure import FIGURES
from ser.evaluation.findings import Findings

NAME = "name"


def orders() -> tuple[str, ...]:
    """List what runs can be sorted by: their name, or a figure."""
    return (NAME, *FIGURES)


def ordered(findings: Iterable[Findings], by: str = NAME) -> list[Findings]:
    """Sort runs by name, or by a figure with the best first; runs without it come last.

    Raises:
        ConfigError: If there is no such order.
    """
    check_choice("sort", by, orders())
    named = sorted(findings, key=lambda found: (found.run.name, str(found.run.folder)))
    if by == NAME:
        return named
    sign = -1 if FIGURES[by].higher_is_better else 1
    return sorted(named, key=lambda found: sign * found.pooled.get(by, -sign * float("inf")))


def selection_notes(by: str) -> list[str]:
    """Say what a table that is sorted by a test score is good for."""
    if by == NAME:
        return []
    return [
        f"SELECTED ON TEST: the runs are ranked by {FIGURES[by].heading} on their test folds. "
        "Whoever picks the first one for that has selected on the test folds, and its figure is "
        "too good."
    ]
