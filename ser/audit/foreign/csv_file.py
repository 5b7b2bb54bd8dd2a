"""CSV files that somebody else wrote: any usual separator and encoding, faults named by line."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ser.errors import ConfigError, RunError, check_choice, storage_errors
from ser.folds.formats import named

SEPARATORS = ",;\t|"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Headings that are taken for a column where none is given, in the order of preference.
USUAL: Mapping[str, Sequence[str]] = {
    "id": ("id", "file", "filename", "file_name", "path", "wav", "audio", "utterance", "name"),
    "predicted": ("prediction", "predicted", "pred", "y_pred", "hypothesis", "hyp"),
    "true": ("truth", "true", "label", "emotion", "y_true", "target", "reference"),
    "fold": ("fold",),
    "seed": ("seed",),
    "side": ("side", "split", "subset", "partition"),
    "validation": ("validation",),
}


@dataclass(frozen=True)
class CsvFile:
    """A table as a file has it.

    Args:
        path: Where it lies.
        separator: What stands between its fields.
        columns: Its heading.
        rows: Its lines, every field a text.
    """

    path: Path
    separator: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def column(self, role: str, wanted: str | None) -> str | None:
        """Which column has a role.

        Args:
            role: One of ``USUAL``.
            wanted: Its heading, in any case; None takes a usual one, where there is one.

        Raises:
            ConfigError: If there is no such column.
        """
        known = {name.casefold(): name for name in reversed(self.columns)}
        if wanted is None:
            return next((known[name] for name in USUAL[role] if name in known), None)
        if wanted.casefold() not in known:
            check_choice(f"columns.{role}", wanted, self.columns)
        return known[wanted.casefold()]

    def required(self, role: str, wanted: str | None) -> str:
        """Which column has a role that the file cannot do without.

        Raises:
            ConfigError: If none has; lists those that there are.
        """
        if (found := self.column(role, wanted)) is not None:
            return found
        raise ConfigError(
            f"{self.path} has the columns {', '.join(self.columns)}, and none of them is called "
            f"{' or '.join(USUAL[role][:3])}; say which it is: columns.{role}=…"
        )


def read_csv(path: Path) -> CsvFile:
    """Read a table with a heading.

    Raises:
        RunError: If it is absent, no CSV or empty, or its lines are not as long as its heading.
        StorageError: If it cannot be read.
    """
    if not (place := path.expanduser()).is_file():
        raise RunError(f"{path} is not a file; pass the path of a CSV file.")
    with storage_errors(path):
        text = _decoded(path, place.read_bytes())
    first, *_ = [*text.lstrip().splitlines(), ""]
    separator = max(SEPARATORS, key=first.count)
    lines = _lines(path, text, separator)
    if len(lines) < 2:  # noqa: PLR2004 - a heading and a line
        raise RunError(f"{path} has no lines below a heading; pass a CSV file that has both.")
    heading = [name.strip() for name in lines[0]]
    _refuse_ragged(path, heading, lines[1:])
    rows = [dict(zip(heading, map(str.strip, line), strict=False)) for line in lines[1:]]
    return CsvFile(path, separator, tuple(filter(None, heading)), tuple(rows))


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content or content.startswith(b"PK"):
        raise RunError(f"{path} is not a text file; export the table as CSV and pass that.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what spreadsheets write on Windows


def _lines(path: Path, text: str, separator: str) -> list[list[str]]:
    """Fields of each line that has any."""
    reader = csv.reader(StringIO(text, newline=None), delimiter=separator)
    try:
        return [line for line in reader if any(line)]
    except csv.Error as error:
        raise RunError(
            f"{path} cannot be read as CSV (line {reader.line_num}: {error}); export it again."
        ) from error


def _refuse_ragged(path: Path, heading: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    twice = {name for name in heading if name and heading.count(name) > 1}
    if twice:
        raise RunError(f"{path} has two columns called {named(twice)}; rename one of each.")
    odd = [
        f"{line[0]} ({len(line)})"
        for line in lines
        if len(line) < len(heading) or any(line[len(heading) :])
    ]
    if odd:
        raise RunError(
            f"{path} has a heading of {len(heading)} fields, and lines of other lengths: "
            f"{named(odd)}. Export it again; fields that hold the separator belong in quotes."
        )
