"""Tables in the terminal."""

from __future__ import annotations

from rich.box import SIMPLE
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ser.report.sheets.sheet import Sheet


def terminal(sheet: Sheet) -> Group:
    """Build the table that rich prints, and its notes below it."""
    table = Table(title=escape(sheet.title), title_justify="left", box=SIMPLE, padding=0)
    for column in sheet.columns:
        if column.numeric:  # numbers are never broken
            heading = heading_lines(column.heading)
            table.add_column(heading, justify="right", no_wrap=True)
        else:
            table.add_column(escape(column.heading), overflow="fold")
    for row in sheet.rows:
        table.add_row(*(escape(value.whole) for value in row))
    return Group(table, *(Text(f" {note}\n", style="dim") for note in sheet.notes))


def heading_lines(heading: str) -> str:
    """Break a heading at every word, but for the sign of percent behind a number."""
    return escape(heading).replace(" ", "\n").replace("95\n%", "95 %")
