"""Tables that lie beside the audio of a corpus: who speaks in it, and which files it has."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ser.corpora.tables import read_table
from ser.errors import CorpusError, SerError

GAPS = re.compile(r"[\W_]")
SPEAKER = ("actorid", "speakerid", "speaker", "spk", "id")
SEX = ("sex", "gender")
AGE = ("age",)


class Person(NamedTuple):
    """What a table says of a speaker: ``"f"`` or ``"m"``, and the age; None for the unknown."""

    sex: str | None = None
    age: str | None = None


def people_of(path: Path | None) -> dict[str, Person]:
    """Read who speaks, by ``plain`` speaker; nobody from a table that says no such thing."""
    rows = _rows(path)
    speaker, sex, age = (_column(rows, names) for names in (SPEAKER, SEX, AGE))
    if not speaker:
        return {}
    return {
        plain(row.get(speaker, "")): Person(_sex(row.get(sex, "")), row.get(age) or None)
        for row in rows
    }


def plain(speaker: str) -> str:
    """Name of a speaker as tables that count, and letters of either case, agree on it."""
    return speaker.lower().lstrip("0")


def names_of(path: Path | None, column: str) -> list[str]:
    """Read the names of files from a column; none if there is no such table or column."""
    rows = _rows(path)
    found = _column(rows, (GAPS.sub("", column).lower(),))
    return [row[found] for row in rows if row.get(found)]


def _rows(path: Path | None) -> list[dict[str, str]]:
    """Rows of a table by column; none if it cannot be read, for nothing depends on it alone."""
    with suppress(SerError):
        if path:
            table = read_table(path, CorpusError)
            return [dict(zip(table.heading, line, strict=False)) for line in table.lines]
    return []


def _column(rows: list[dict[str, str]], names: tuple[str, ...]) -> str:
    """Column of the first of some names, whatever its case and spaces; empty if there is none."""
    own = {GAPS.sub("", column).lower(): column for column in (rows[0] if rows else ())}
    return next((own[name] for name in names if name in own), "")


def _sex(text: str) -> str | None:
    letter = text[:1].lower()
    return letter if letter in ("f", "m") else None
