"""A table before it is terminal, Markdown, LaTeX or HTML, and what its places can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ser.evaluation.figure import Figure

NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        heading: What it is called.
        numeric: Whether it is aligned to the right.
        test_score: Whether to order the rows by it is to select runs on their test side.
        rising: Whether the best comes first when its numbers rise.
        minor: Whether a narrow page may leave it out.
    """

    heading: str
    numeric: bool = False
    test_score: bool = False
    rising: bool = False
    minor: bool = False


@dataclass(frozen=True)
class Value:
    """What is in one place of a table.

    Args:
        text: What is shown.
        order: What it is sorted by; its text if None.
        mark: A word that tells a page how to stress it, such as ``"leak"``.
        remark: What is shown below the text on a page, and behind it elsewhere.
    """

    text: str
    order: float | None = None
    mark: str = ""
    remark: str = ""

    @property
    def whole(self) -> str:
        """Text and remark on one line."""
        return ", ".join(filter(None, (self.text, self.remark)))


@dataclass(frozen=True)
class Sheet:
    """A table.

    Args:
        title: What it shows.
        columns: Its columns.
        rows: A value for each column.
        notes: Sentences that belong below it.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = ()


def text(value: object) -> Value:
    """Show something as it is."""
    return Value(str(value))


def number(value: float | None, form: str = "{:,.0f}") -> Value:
    """Show a number; nan and None are a dash, and sort last."""
    if value is None or np.isnan(value):
        return Value(NOTHING, float("nan"))
    return Value(form.format(value).replace("-", "−"), float(value))


def percent(value: float) -> Value:
    """Show a share in percent, without the sign; the heading has it."""
    return number(value * 100, "{:.1f}")


def span(low: float, high: float, to: str = " to ") -> Value:
    """Show an interval in percent; it sorts by its lower end."""
    return Value(f"{percent(low).text}{to}{percent(high).text}", float(low))


def figure_column(figure: Figure) -> Column:
    """Head a column of a figure, which scores the test side."""
    heading = f"{figure.heading} (%)" if figure.percent else figure.heading
    rising = not figure.higher_is_better
    return Column(heading, numeric=True, test_score=True, rising=rising)


def figure_value(figure: Figure, found: Mapping[str, float]) -> Value:
    """Show a figure; a dash where it was not computed."""
    value = float(found.get(figure.name, np.nan))
    return Value(figure.shown(value), value)


def epochs(fact: Mapping[str, Any]) -> Value:
    """Show the chosen epoch out of all; a dash for a learner that has none."""
    chosen, whole = (fact.get(key) for key in ("chosen_epoch", "epochs"))
    if chosen is None or whole is None:
        return number(whole)
    return Value(f"{chosen}/{whole}", float(chosen))
