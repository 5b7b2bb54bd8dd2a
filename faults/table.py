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


def written(text: str, rows: Sequence[Row], order: Sequence[str]) -> str:
    """Text of a page with its table made anew, between its two comments.

    Args:
        text: Text of the page.
        rows: What was tried; lines of parts that were not stay as they are.
        order: Parts, in the order of the table.
    """
    lines = [f"| {row.part} | {row.fault} | {row.promise} | {row.kept} |" for row in rows]
    tried, begin = {row.part for row in rows}, text.index(BEGIN)
    old = text[begin : text.index(END)].splitlines()
    lines += [line for line in old if _part(line) in order and _part(line) not in tried]
    lines.sort(key=lambda line: order.index(_part(line)))
    block = "\n".join([BEGIN, HEAD, *lines, END])
    return re.sub(f"{BEGIN}.*?{END}", lambda _: block, text, flags=re.S)


def _part(line: str) -> str:
    """Part of a line of the table; of any other line, something else."""
    return line.removeprefix("| ").partition(" |")[0]
