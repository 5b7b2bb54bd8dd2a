"""The table of faults: what was tried, how often, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

BEGIN, END = "<!-- faults -->", "<!-- end -->"
HEAD = "| part | fault | what comes of it | kept |\n| --- | --- | --- | ---: |"


@dataclass(frozen=True)
class Row:
    """Outcome of one fault.

    Args:
        part: Part of the house.
        fault: What was done.
        promise: What has to come of it.
        tries: In how many ways it was done.
        broken: Ways that had another outcome, and which.
        seconds: Time that it took.
    """

    part: str
    fault: str
    promise: str
    tries: int
    broken: Mapping[str, str]
    seconds: float

    @property
    def kept(self) -> str:
        """How often the promise was kept."""
        return f"{self.tries - len(self.broken)} of {self.tries}"

    @property
    def complaints(self) -> list[str]:
        """Line for each broken promise."""
        start = f"BROKEN {self.part}: {self.fault}"
        return [f"{start}, {name}: {outcome}" for name, outcome in self.broken.items()]


def tabulated(rows: Sequence[Row]) -> Table:
    """Table for a terminal."""
    table = Table("part", "fault", "what comes of it", "kept", "s")
    for row in rows:
        table.add_row(row.part, row.fault, row.promise, row.kept, f"{row.seconds:.0f}")
    return table


def written(text: str, rows: Sequence[Row]) -> str:
    """Text of a page with new rows in its table, between its two comments.

    Rows of a part that was not tried stay, in their place.
    """
    kept: dict[str, list[str]] = {}
    for line in text.partition(HEAD)[2].partition(END)[0].split("\n"):
        if line:
            kept.setdefault(line.split(" | ")[0].removeprefix("| "), []).append(line)
    new = {row.part: _lines(row.part, rows) for row in rows}
    lines = [line for part in {**kept, **new}.values() for line in part]
    block = "\n".join([BEGIN, HEAD, *lines, END])
    return re.sub(f"{BEGIN}.*?{END}", lambda _: block, text, flags=re.S)


def _lines(part: str, rows: Sequence[Row]) -> list[str]:
    ours = (row for row in rows if row.part == part)
    return [f"| {part} | {row.fault} | {row.promise} | {row.kept} |" for row in ours]
