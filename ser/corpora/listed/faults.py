"""Faults of a list, by the rule that they break."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from ser.errors import CorpusError
from ser.system.few import few

LONGEST = 120  # letters of a value in a message


class Faults:
    """Faults of a list, gathered so that all can be named at once."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = defaultdict(list)

    def add(self, rule: str, place: str, value: str) -> None:
        """Note where a rule is broken, and by which value."""
        cut = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
        shown = cut if cut.isprintable() else repr(cut)
        self._places[rule].append(f"{place}{f' ({shown})' if value else ''}")

    def refuse(self, path: Path) -> None:
        """Name all faults, by their rule.

        Raises:
            CorpusError: If there are any.
        """
        if self._places:
            rules = "\n  ".join(f"{rule}: {few(p)}" for rule, p in self._places.items())
            raise CorpusError(f"{path} lists what cannot be used. Correct it:\n  {rules}")
