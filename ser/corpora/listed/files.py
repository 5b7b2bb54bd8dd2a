"""The files that tables come in, as rows of texts: CSV, TSV, JSON lines and parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from ser.corpora.folders import without_ending
from ser.corpora.tables import Table, read_table
from ser.errors import CorpusError, check_choice
from ser.system.few import few
from ser.system.reading import read_whole


@dataclass(frozen=True)
class Line:
    """What is listed of an utterance.

    Args:
        place: Where, such as ``"row 3"``, counted as an editor or a spreadsheet counts.
        values: Texts by the names of the columns; an empty cell is an empty text.
        comma: Whether a comma may stand for the point of a decimal number.
        nested: Names of columns that hold a list or a mapping here.
    """

    place: str
    values: Mapping[str, str]
    comma: bool = False
    nested: frozenset[str] = frozenset()


def lines_of(path: Path) -> list[Line]:
    """Read the rows of a table, without those that are empty.

    Args:
        path: ``.csv``, ``.tsv`` or ``.txt`` with a heading, ``.jsonl``, or ``.parquet``.

    Raises:
        CorpusError: If the file is absent, or not what its name says.
        ConfigError: If its name ends in none of these.
    """
    check_choice("the ending of data.file", path.suffix.lower(), READERS)
    if not path.is_file():
        raise CorpusError(f"data.file={path} is not a file; name the table of your corpus.")
    try:
        lines = list(READERS[path.suffix.lower()](path))
    except OSError as error:
        raise CorpusError(
            f"data.file={path} cannot be read ({error.strerror or error}); name the table of your "
            "corpus."
        ) from error
    kept = [line for line in lines if any(line.values.values())]
    if not kept:
        raise CorpusError(f"{path} lists no utterance; a row needs path, emotion and speaker.")
    return kept


def _delimited(path: Path) -> Iterator[Line]:
    table = read_table(path, CorpusError)
    heading = table.heading
    _refuse_no_heading(path, table)
    _refuse_twice(path, heading)
    rows = list(zip(table.numbers, table.lines, strict=True))
    _refuse_long(path, [str(n) for n, cells in rows if any(cells[len(heading) :])], len(heading))
    comma = table.separator != ","  # as spreadsheets of many countries write numbers
    for number, cells in rows:
        values = zip_longest(heading, cells, fillvalue="")
        yield Line(f"row {number}", {name: cell for name, cell in values if name}, comma)


def _refuse_no_heading(path: Path, table: Table) -> None:
    """Refuse a first line that names a file, or is a remark above the heading."""
    heading = table.heading
    columns = table.separator.join(("path", "emotion", "speaker"))
    if any(without_ending(cell) != cell for cell in heading):
        raise CorpusError(
            f"{path} begins with {table.separator.join(heading)}, which is no heading. Write a "
            f"line above it that names the columns in their order, such as {columns}"
        )
    filled = max((sum(map(bool, cells)) for cells in table.lines), default=0)
    if sum(map(bool, heading)) == 1 < filled:
        raise CorpusError(
            f"{path} begins with {''.join(heading)!r} alone, and has {filled} columns. Remove what "
            f"stands above the line that names the columns, such as {columns}"
        )


def _refuse_twice(path: Path, heading: Sequence[str]) -> None:
    twice = sorted({name for name in heading if name and heading.count(name) > 1})
    if twice:
        raise CorpusError(f"{path} has two columns called {twice[0]}; rename one of them.")


def _refuse_long(path: Path, rows: list[str], width: int) -> None:
    if rows:
        raise CorpusError(
            f"{path} has more cells than the {width} of its heading in {_listed(rows)}; put texts "
            "with a delimiter in them into quotation marks."
        )


def _json_lines(path: Path) -> Iterator[Line]:
    bad = []
    # Other ends of lines, such as U+2028, may stand within a text.
    content = read_whole(path).decode("utf-8-sig", errors="replace")
    for number, text in enumerate(content.split("\n"), 1):
        try:
            row = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield _line(number, row)
        else:
            bad.append(str(number))
    if bad:
        raise CorpusError(f"{path} has no JSON object in {_listed(bad)}; write one a line.")


def _parquet(path: Path) -> Iterator[Line]:
    try:
        table = pd.read_parquet(path)
    except ImportError as error:
        raise CorpusError(
            f"{path} needs a reader of parquet: pip install pyarrow, or save it as CSV."
        ) from error
    except ValueError as error:
        raise CorpusError(f"{path} is not parquet ({error}); write it again.") from error
    names = [str(name) for name in table.columns]
    for number, row in enumerate(table.convert_dtypes().itertuples(index=False, name=None), 1):
        yield _line(number, dict(zip(names, row, strict=True)))


def _line(number: int, row: Mapping[str, Any]) -> Line:
    nested = frozenset(name for name, value in row.items() if not pd.api.types.is_scalar(value))
    return Line(f"row {number}", {n: _plain(v) for n, v in row.items()}, nested=nested)


def _plain(value: Any) -> str:
    """Text of a value, also of a list or a mapping, for messages."""
    absent = pd.api.types.is_scalar(value) and pd.isna(value)
    return "" if absent else str(value).strip()


def _listed(rows: list[str]) -> str:
    return f"row{'s' if len(rows) > 1 else ''} {few(rows)}"


READERS: Mapping[str, Callable[[Path], Iterator[Line]]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".txt": _delimited,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
