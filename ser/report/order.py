"""The order of the runs in a report, and what a ranking by test score is worth."""

from __future__ import annotations

from collections.abc import Iterable

from ser.errors import ConfigError
from ser.evaluation.figures import FIGURES
from ser.evaluation.findings import Findings
from ser.report.headings import HEADINGS

ORDERS = ("name", *FIGURES)


def ordered(findings: Iterable[Findings], by: str = "name") -> list[Findings]:
    """Sort runs by name, or by a figure with the highest first."""
    named = sorted(findings, key=lambda found: (found.run.name, str(found.run.folder)))
    if by == "name":
        return named
    return sorted(named, key=lambda found: -found.pooled.get(by, -1))


def refuse_order(by: str) -> None:
    """Refuse an order that there is not.

    Raises:
        ConfigError: If there is no such order.
    """
    if by not in ORDERS:
        raise ConfigError(f"sort={by} is unknown; choose one of {', '.join(ORDERS)}.")


def selection_notes(by: str) -> list[str]:
    """Say what a table that is sorted by a test score is good for."""
    if by == "name":
        return []
    return [
        f"SELECTED ON TEST: the runs are ranked by {HEADINGS[by]} on their test folds. Whoever "
        "takes the first one for that has selected on test, and its figure is too high."
    ]
