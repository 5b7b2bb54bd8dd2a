"""The results of all parts: as JSON, as a table for the terminal, and in README."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.machine import sentence
from benchmarks.parts import PARTS
from benchmarks.row import HEADINGS, Row, cells, markdown
from reproduce.tables import put
from ser.runs.files import write_json, write_text

Lines = list[dict[str, Any]]


@dataclass(frozen=True)
class Results:
    """What was measured, by part, each with the machine that it was measured on."""

    parts: dict[str, Any]

    @staticmethod
    def read(path: Path) -> Results:
        """What was measured before; nothing if there is no file."""
        return Results(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})

    @staticmethod
    def rows_in(path: Path) -> Lines:
        """Lines that a process wrote."""
        lines: Lines = json.loads(path.read_text(encoding="utf-8"))
        return lines

    def replaced(self, part: str, lines: Lines, machine: Mapping[str, Any]) -> Results:
        """Put the lines of one part, and what they were taken on, in the place of those it had."""
        kept = {**self.parts, part: {"machine": dict(machine), "rows": lines}}
        return Results({name: kept[name] for name in PARTS if name in kept})

    def write(self, path: Path) -> None:
        """Write all parts, whole or not at all."""
        write_json(path, self.parts)

    def rows(self, part: str) -> Sequence[Row]:
        """Lines of a part."""
        return [Row(**line) for line in self.parts[part]["rows"]]

    def tables(self) -> dict[str, str]:
        """Markdown table of each part, and a sentence on the machines."""
        tables = {part: markdown(self.rows(part)) for part in self.parts}
        machines = {PARTS[name].title: part["machine"] for name, part in self.parts.items()}
        return {"machine": sentence(machines), **tables}

    def write_tables(self, readme: Path) -> None:
        """Put the tables where README has a place for them."""
        text = readme.read_text(encoding="utf-8")
        for part, table in self.tables().items():
            text = put(text, f"bench: {part}", table)
        write_text(readme, text)


def terminal(part: str, results: Results) -> None:
    """Print the table of a part."""
    table = Table(title=PARTS[part].title, box=SIMPLE, title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading)
    for row in results.rows(part):
        table.add_row(*(cell.replace("**", "") for cell in cells(row)))
    Console(width=160).print(table)
