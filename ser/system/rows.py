"""Tables on the terminal; where one does not fit, each of its rows becomes a few lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from ser.system.letters import shown, writable

NARROW = 16  # columns that words get at least, before the table is given up
BREAK = re.compile(r" (?=\(|\w{2})")
WHOLE = 10_000  # columns that a number may take


@dataclass
class Column:
    """A column: numbers stand at the right and are never broken, words fold within it.

    Args:
        heading: Stands above it.
        numeric: Whether it has numbers.
        whole: Whether its words are to be copied, and so never broken either.
    """

    heading: str
    numeric: bool
    whole: bool = False

    @property
    def widest(self) -> int:
        """Columns that it gets at most before the table is given up."""
        return WHOLE if self.numeric or self.whole else NARROW


@dataclass
class Row:
    """A row, and whether it is the last one of its section."""

    cells: list[str]
    style: str
    ends: bool = False


class Rows:
    """A table of words and numbers; nothing in it is taken for markup.

    Args:
        title: Stands above it.
        caption: Stands below it.
    """

    def __init__(self, title: str = "", caption: str = "") -> None:
        self.title = title
        self.caption = caption
        self.columns: list[Column] = []
        self.rows: list[Row] = []

    def add_column(self, heading: str, *, numeric: bool = False, whole: bool = False) -> None:
        """Add a column; headings of numbers break at every word."""
        self.columns.append(Column(heading, numeric, whole))

    def add_row(self, *cells: str, style: str = "") -> None:
        """Add a row; what is left out at its end stays empty."""
        blank = [""] * (len(self.columns) - len(cells))
        self.rows.append(Row([*cells, *blank], style))

    def add_section(self) -> None:
        """Set the next row apart."""
        if self.rows:
            self.rows[-1].ends = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the table, or a few lines for each row."""
        if self._needed(console) <= options.max_width:
            yield self._table(console)
        else:
            yield from self._blocks(console)

    def _needed(self, console: Console) -> int:
        widths = (
            min(self._width(i, console), column.widest) for i, column in enumerate(self.columns)
        )
        return sum(widths) + len(self.columns) + 1  # a space between them, and at the edges

    def _width(self, place: int, console: Console) -> int:
        heading = _heading(self.columns[place]).splitlines()
        cells = (line for row in self.rows for line in _lines(row.cells[place], console))
        return max(map(cell_len, (*heading, *cells)), default=0)

    def _table(self, console: Console) -> Table:
        table = Table(
            title=_text(self.title, console),
            caption=_text(self.caption, console) if self.caption else None,
            title_justify="left",
            caption_justify="left",
            box=SIMPLE,
            padding=0,
        )
        for column in self.columns:
            heading = _text(_heading(column), console)
            if column.numeric:
                table.add_column(heading, justify="right", no_wrap=True)
            else:
                table.add_column(heading, overflow="fold", no_wrap=column.whole)
        for row in self.rows:
            cells = (_text(cell, console) for cell in row.cells)
            table.add_row(*cells, style=row.style, end_section=row.ends)
        return table

    def _blocks(self, console: Console) -> Iterator[RenderableType]:
        yield _text(self.title, console)
        for row in self.rows:
            yield Text()
            for column, cell in zip(self.columns, row.cells, strict=True):
                words = " ".join(cell.split())
                if words and column.heading:
                    yield _text(f"{column.heading}: {words}", console)
                elif words:
                    yield _text(words, console, "bold", whole=column.whole)
        yield Text()
        yield _text(self.caption, console)


def _heading(column: Column) -> str:
    """Break a heading of numbers before each word and bracket; "a − b" and "95 %" stay whole."""
    return BREAK.sub("\n", column.heading) if column.numeric else column.heading


def _text(words: str, console: Console, style: str = "", *, whole: bool = False) -> Text:
    letters = writable(shown(words), console.encoding)
    return Text(letters, style, overflow="ignore" if whole else "fold", no_wrap=whole)


def _lines(words: str, console: Console) -> list[str]:
    return _text(words, console).plain.splitlines()
