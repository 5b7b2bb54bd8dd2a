"""A table before it is terminal, Markdown, LaTeX or HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        heading: What it is called.
        numeric: Whether it is aligned to the right.
        test_score: Whether to order the rows by it is to select runs on their test side.
    """

    heading: str
    numeric: bool = False
    test_score: bool = False


@dataclass(frozen=True)
class Value:
    """What is in one place of a table.

    Args:
        text: What is shown.
        order: What it is sorted by; its text if None.
        mark: A word that tells a page how to stress it, such as ``"leak"``.
    """

    text: str
    order: float | None = None
    mark: str = ""


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


def number(value: float, form: str = "{:,.0f}") -> Value:
    """Show a number; nan and None are a dash, and sort last."""
    if value is None or np.isnan(value):
        return Value("–", float("-inf"))
    return Value(form.format(value).replace("-", "−"), float(value))


def percent(value: float) -> Value:
    """Show a share in percent, without the sign; the heading has it."""
    return number(value * 100 if value is not None else value, "{:.1f}")


def span(low: float, high: float, to: str = " to ") -> Value:
    """Show an interval in percent; it sorts by its lower end."""
    return Value(f"{percent(low).text}{to}{percent(high).text}", float(low))


def ranges(numbers: Sequence[int]) -> str:
    """Show whole numbers as ranges.

    Example:
        >>> ranges([0, 1, 2, 5])
        '0–2, 5'
    """
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))
