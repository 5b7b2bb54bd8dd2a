"""One line of the results: what was measured, the figure that is judged, and its goal."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.rounds import Times, medians, ratios

SENSES = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Row:
    """A line of the results.

    Args:
        what: What was measured.
        threads: Cores that it was pinned to.
        figures: Medians, by what was timed.
        unit: Unit of ``figures``.
        judged: What ``values`` are, such as ``"librosa / ser"``.
        values: The judged figure in each round; its median is compared with the goal.
        goal: Such as ``">= 4"``; empty for what is shown for scale.
    """

    what: str
    threads: int
    figures: Mapping[str, float]
    unit: str
    judged: str = ""
    values: Sequence[float] = ()
    goal: str = ""

    @property
    def value(self) -> float | None:
        """Median of the judged figure."""
        return statistics.median(self.values) if self.values else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if not self.goal or self.value is None:
            return None
        sense, limit = self.goal.split()
        return bool(SENSES[sense](self.value, float(limit)))


def compared(
    what: str,
    threads: int,
    times: Times,
    of: str,
    to: str = "ser",
    *,
    scale: float = 1.0,
    unit: str = "s",
    goal: str = "",
) -> Row:
    """Line that compares one way with another, round by round."""
    kept = {name: times[name] for name in (to, of)}
    return Row(
        what,
        threads,
        medians(kept, scale),
        unit,
        f"{of} / {to}",
        ratios(times, of, to),
        goal,
    )


def cells(row: Row) -> list[str]:
    """A line as text: what, threads, figures, ratio with its range, goal, met."""
    shown = ", ".join(f"{name} {number(value)}" for name, value in row.figures.items())
    judged = ""
    if row.value is not None:
        spread = f" ({number(min(row.values))} to {number(max(row.values))})"
        judged = f"{row.judged} {number(row.value)}{spread if len(row.values) > 1 else ''}"
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    return [row.what, str(row.threads), f"{shown} {row.unit}".strip(), judged, row.goal, met]


HEADINGS = ("what", "threads", "medians", "judged (range)", "goal", "met")


def markdown(rows: Iterable[Row]) -> str:
    """A Markdown table of some lines."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """Three digits that count, without an exponent."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    digits = 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}g}" if abs(value) < 0.1 else f"{value:.{digits - (abs(value) >= 10)}f}"
