"""Which of some choices was likely meant, and how to ask."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, choices: Iterable[str], close: float = 0.6) -> str:
    """The choice that differs from a name in case alone, or else is near it; empty if none is.

    Args:
        name: What was written.
        choices: What may have been meant.
        close: Share of equal letters from which on a choice is near.
    """
    known = list(choices)
    alike = [choice for choice in known if choice.casefold() == name.casefold()]
    return next(iter(alike or get_close_matches(name, known, n=1, cutoff=close)), "")


def question(found: str) -> str:
    """Ask whether something was meant, as a part of a sentence; empty if nothing was found."""
    return f" (did you mean {found!r}?)" if found else ""
