"""Tables in the terminal."""

from __future__ import annotations

from rich.box import SIMPLE
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ser.report.tables import Sheet


def terminal(sheet: Sheet) -> Group:
    """Build the table that rich prints, and its notes below it."""
    table = Table(title=escape(sheet.title), title_justify="left", box=SIMPLE, padding=0)
    for column in sheet.columns:
        if column.numeric:  # numbers are never broken, headings at every word
            heading = escape(column.heading).replace(" ", "\n").replace("95\n%", "95 %")
            table.add_column(heading, justify="right", no_wrap=True)
        else:
            table.add_column(escape(column.heading), overflow="fold")
    for row in sheet.rows:
        table.add_row(*(escape(value.text) for value in row))
    return Group(table, *(Text(f" {note}\n", style="dim") for note in sheet.notes))
