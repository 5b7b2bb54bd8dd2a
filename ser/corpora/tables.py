"""Tables in text files as programs write them: any usual separator, encoding and end of line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ser.errors import SerError, storage_errors
from ser.system.marks import by_mark
from ser.system.paths import expanded

SEPARATORS = ",;\t|"
LARGEST = 2**28  # bytes
EXCEL_HINT = "sep="  # a first line of Excel's own, which says what the separator is


@dataclass(frozen=True)
class Table:
    """A table as a file has it.

    Args:
        separator: What stands between its fields.
        heading: Fields of its first line.
        lines: Fields of each other line that has any.
        numbers: Where each of these lines ends in the file, counted from 1.
    """

    separator: str
    heading: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def read_table(path: Path, kind: type[SerError]) -> Table:
    """Read a table with a heading.

    Args:
        path: Where it lies.
        kind: What is raised for a file that is no table.

    Raises:
        SerError: Of that kind, if the file is absent, too large or no text.
        StorageError: If it cannot be read.
    """
    if not (place := expanded(path)).is_file():
        raise kind(f"{path} is not a file; pass the path of a CSV file.")
    with storage_errors(path):
        if place.stat().st_size > LARGEST:
            raise kind(f"{path} has more than {LARGEST >> 20} MB; pass a CSV file of a table.")
        content = place.read_bytes()
    text = _decoded(path, content, kind)
    first, _, rest = text.lstrip().partition("\n")
    if hinted := first.lower().startswith(EXCEL_HINT):
        text, (first, _, _) = rest, rest.partition("\n")
    separator = max(SEPARATORS, key=first.count)
    (_, heading), *lines = _lines(path, text, separator, kind) or [(0, ())]
    numbers = (number + hinted for number, _ in lines)
    return Table(separator, heading, tuple(fields for _, fields in lines), tuple(numbers))


def _decoded(path: Path, content: bytes, kind: type[SerError]) -> str:
    if (text := by_mark(content)) is not None:
        return text
    if b"\0" in content or content.startswith(b"PK"):
        raise kind(f"{path} is not a text file; export the table as CSV and pass that.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what spreadsheets write on Windows


def _lines(
    path: Path, text: str, separator: str, kind: type[SerError]
) -> list[tuple[int, tuple[str, ...]]]:
    """Number and fields of each line that has any, without the space around them."""
    reader = csv.reader(StringIO(text, newline=None), delimiter=separator)
    try:
        stripped = [(reader.line_num, tuple(map(str.strip, line))) for line in reader]
    except csv.Error as error:
        raise kind(
            f"{path} cannot be read as CSV (line {reader.line_num}: {error}); export it again."
        ) from error
    return [(number, fields) for number, fields in stripped if any(fields)]
