"""Tables of audformat: which list utterances, and what they know of files and stretches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from ser.errors import CorpusError, check_choice, likely

Stretch = tuple[str, str, str]  # file, and start and end in seconds; empty where it is a whole file
Place = tuple[str, str, str | None]  # table, column, and key of the labels of its scheme or None
SIDES = ("train", "dev", "test")  # types of splits; another is none of use here
INDEX = ("file", "start", "end")


class Known:
    """What a database knows of files and stretches, under one name of a column.

    Args:
        database: The database.
        name: Column, scheme, or key of the labels of a scheme.
        speaker: Name of the speakers, whose labels go before those of others.

    Raises:
        CorpusError: If tables say different things of one file or stretch.
    """

    def __init__(self, database: Any, name: str, speaker: str) -> None:
        self.found: dict[Stretch, str] = {}
        places, of_speakers = _places(database, name), _places(database, speaker)
        own = [place for place in places if (*place[:2], None) in of_speakers]
        for table, column, mapped in own or places:
            series = database[table][column].get(map=mapped)
            for row, value in _cells(series):
                if value and self.found.setdefault(row, value) != value:
                    raise CorpusError(
                        f"{database.name} says of {row[0]} that its {name} is {self.found[row]}, "
                        f"and in table {table} that it is {value}; correct one of them, or name "
                        "another column."
                    )

    def of(self, row: Stretch) -> str:
        """Value of a stretch, or else of the whole file; empty where neither has any."""
        return self.found.get(row) or self.found.get((row[0], "", ""), "")


def listing(database: Any, emotion: str, tables: list[str] | None) -> list[tuple[str, str]]:
    """Tables that list utterances, each with its column of emotions."""
    for name in tables or ():
        check_choice("data.tables", name, list(database.tables))
    found = [
        (table, column)
        for table, column, mapped in _places(database, emotion)
        if mapped is None and table in (tables or database.tables)
    ]
    if not found:
        present = names_in(database) - {emotion}
        raise CorpusError(
            f"no table of {database.name} that lists utterances has a column {emotion}"
            f"{likely(emotion, present)} for data.emotion; others are {', '.join(sorted(present))}."
        )
    return found


def _places(database: Any, name: str) -> list[Place]:
    """Where a name stands: in columns of that name, else of that scheme, else in labels of one."""
    of_columns: list[Place] = []
    of_schemes: list[Place] = []
    of_labels: list[Place] = []
    for table, content in database.tables.items():
        for column, described in content.columns.items():
            scheme = described.scheme_id
            if name == column:
                of_columns.append((table, column, None))
            elif name == scheme:
                of_schemes.append((table, column, None))
            elif scheme and name in _keys(database.schemes[scheme]):
                of_labels.append((table, column, name))
    return of_columns or of_schemes or of_labels


def names_in(database: Any) -> set[str]:
    """Everything that ``_places`` finds."""
    names: set[str] = set()
    for content in database.tables.values():
        for column, described in content.columns.items():
            scheme = described.scheme_id
            names |= {column, *((scheme, *_keys(database.schemes[scheme])) if scheme else ())}
    return names


def _keys(scheme: Any) -> list[str]:
    """What a scheme says of its labels, as the gender of speakers."""
    if not isinstance(scheme.labels, dict):
        return []
    described = (value for value in scheme.labels.values() if isinstance(value, dict))
    return list(dict.fromkeys(key for value in described for key in value))


def emotions_of(database: Any, chosen: Sequence[tuple[str, str]]) -> dict[Stretch, str]:
    """Emotion of each stretch that tables list, those without one left out.

    Args:
        database: The database.
        chosen: Tables, each with its column of emotions.

    Raises:
        CorpusError: If two tables list a stretch with different emotions.
    """
    found: dict[Stretch, tuple[str, str]] = {}
    for table, column in chosen:
        for row, emotion in _cells(database[table][column].get()):
            first, known = found.setdefault(row, (table, emotion)) if emotion else (table, "")
            if known != emotion:
                raise CorpusError(
                    f"table {first} of {database.name} says of {row[0]} that it is {known}, and "
                    f"table {table} that it is {emotion}; name the tables that count, as "
                    f"data.tables=[{first}]."
                )
    return {row: emotion for row, (_, emotion) in found.items()}


def splits_of(database: Any, chosen: Sequence[tuple[str, str]]) -> dict[Stretch, str]:
    """Side of each stretch, by the tables that are of a split; none of those that are on two."""
    found: dict[Stretch, str] = {}
    for table, column in chosen:
        split = database[table].split_id
        side = str(database.splits[split].type) if split is not None else ""
        if side in SIDES:
            for row, emotion in _cells(database[table][column].get()):
                if emotion and found.setdefault(row, side) != side:
                    found[row] = ""
    return found


def _cells(series: Any) -> Iterator[tuple[Stretch, str]]:
    """File, start and end in seconds, and the text of a value, of each row."""
    index = series.index
    names = [name for name in index.names if name in INDEX]
    if "file" not in names:  # of a table that lists no audio
        return
    frames = index.to_frame(index=False)
    for cells, value in zip(frames[names].itertuples(index=False), series, strict=True):
        file, *stretch = cells
        start, end = (_seconds(each) for each in (stretch or (pd.NaT, pd.NaT)))
        whole = (str(file), "" if not end and float(start or 0) == 0 else start, end)
        yield whole, _text(value)


def _seconds(moment: Any) -> str:
    return "" if pd.isna(moment) else f"{pd.Timedelta(moment).total_seconds():.9g}"


def _text(value: Any) -> str:
    """Text of a value; whole numbers, which pandas makes floats beside blanks, stay whole."""
    if pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()
