"""CSV files that somebody else wrote: any usual separator and encoding, faults named by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser.corpora.tables import read_table
from ser.errors import ConfigError, RunError, check_choice
from ser.folds.formats import named

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
    table = read_table(path, RunError)
    if not table.lines:
        raise RunError(f"{path} has no lines below a heading; pass a CSV file that has both.")
    _refuse_ragged(path, table.heading, table.lines)
    rows = [dict(zip(table.heading, line, strict=False)) for line in table.lines]
    return CsvFile(path, table.separator, tuple(filter(None, table.heading)), tuple(rows))


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
