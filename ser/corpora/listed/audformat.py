"""A corpus that is a database of audformat, in a folder or by its name in audb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from ser.corpora.listed.base import Listed, Probe
from ser.corpora.listed.columns import NEEDED, OPTIONAL
from ser.corpora.listed.emotions import Wanted
from ser.corpora.listed.files import Line
from ser.errors import ConfigError, CorpusError, check_choice, in_a_line, likely
from ser.system.paths import expanded

HEADER = "db.yaml"
STRETCH = ("file", "start", "end")
USUAL: Mapping[str, str] = {"sex": "gender"}  # what audformat calls what is called otherwise here
ROLES = tuple(role for role in OPTIONAL if role not in STRETCH)


class Audformat(Listed):
    """A corpus that tables of audformat list, a file or a stretch of one in a row.

    Utterances are the rows of those tables that have a column of emotions. What else is known of
    them may stand in the same table, in another table of stretches or of whole files, or, as the
    gender of speakers, in the labels of a scheme.

    Args:
        root: Folder of the database, with ``db.yaml``; None loads ``name`` by ``audb``.
        name: What the corpus is called; None takes the name of the database.
        version: Version that ``audb`` loads; None takes the latest.
        emotion: Column, or scheme, of the emotion.
        speaker: Column, or scheme, of the speaker.
        tables: Names of the tables that list the utterances; None takes all with emotions.
        columns: Columns of what else is known, such as ``{"sentence": "transcription"}``; those
            that are called as here are found.
        emotions: As in ``Table``.
        probe: As in ``Listed``.

    Raises:
        ConfigError: If neither folder nor name is given, or ``columns`` names what is not known.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        name: str | None = None,
        *,
        version: str | None = None,
        emotion: str = "emotion",
        speaker: str = "speaker",
        tables: list[str] | None = None,
        columns: Mapping[str, str] | None = None,
        emotions: Wanted = None,
        probe: Probe | None = None,
    ) -> None:
        if root is None and name is None:
            raise ConfigError(
                "data=audformat needs data.root=…, the folder of a database with db.yaml, or "
                "data.name=…, which audb loads."
            )
        folder = Path() if root is None else expanded(root)
        called = name or folder.resolve().name
        super().__init__(folder if root else Path(called), folder, called, emotions, probe)
        for role in columns or {}:
            check_choice("data.columns", role, ROLES)
        self._given = root is not None
        self._version = version
        self._needed = {"emotion": emotion, "speaker": speaker}
        self._columns = dict(columns or {})
        self._tables = tables

    def columns(self) -> Mapping[str, str]:
        """Lines are made with the names that are used here."""
        return {role: role for role in (*NEEDED, *OPTIONAL)}

    def lines(self) -> list[Line]:
        """Every row with an emotion, and what is known of it.

        Raises:
            CorpusError: If the folder is no database, or has no such column.
            ConfigError: If audformat, or audb, is not installed.
        """
        database = self._database
        self.root = Path(database.root)
        chosen = _listing(database, self._needed["emotion"], self._tables)
        known = {
            role: _Known(database, name) for role, name in self._names_by_role(database).items()
        }
        return [
            _line(row, emotion, known)
            for table, column in chosen
            for row, emotion in _rows(database[table], column)
            if emotion
        ]

    @cached_property
    def _database(self) -> Any:
        if not self._given:
            return _imported("audb").load(self.name, version=self._version, verbose=False)
        if not (self.root / HEADER).is_file():
            raise CorpusError(
                f"{self.root} has no {HEADER}, so it is no database of audformat; point "
                "data.root=… at the folder that has one."
            )
        try:
            return _imported("audformat").Database.load(str(self.root))
        except ConfigError:
            raise
        except Exception as error:  # whatever an edited file can make the reader raise
            raise CorpusError(
                f"{self.root} cannot be read by audformat ({in_a_line(error).rstrip('.')}); get a "
                "fresh copy of the database."
            ) from error

    def _names_by_role(self, database: Any) -> dict[str, str]:
        """Columns by role: those that are asked for, and those that have the name of a role."""
        usual = {role: USUAL.get(role, role) for role in ROLES}
        present = _names(database)
        found = {role: name for role, name in usual.items() if name in present}
        asked = {"speaker": self._needed["speaker"], **self._columns}
        for role, name in asked.items():
            if name not in present:
                key = f"data.{role}" if role in NEEDED else f"data.columns={{{role}: …}}"
                raise CorpusError(
                    f"{self.place} has no column {name}{likely(name, present)} for {key}; it has "
                    f"{', '.join(sorted(present))}."
                )
        return {**found, **asked}


class _Known:
    """What a database knows of files and stretches, under one name of a column.

    Args:
        database: The database.
        name: Column, scheme, or key of the labels of a scheme.
    """

    def __init__(self, database: Any, name: str) -> None:
        self.found: dict[tuple[str, str, str], str] = {}
        for table, column, mapped in _places(database, name):
            series = database[table][column].get(map=mapped)
            for row, value in _cells(series):
                self.found.setdefault(row, value)

    def of(self, row: tuple[str, str, str]) -> str:
        """Value of a stretch, or else of the whole file; empty where neither has any."""
        return self.found.get(row) or self.found.get((row[0], "", ""), "")


def _listing(database: Any, emotion: str, tables: list[str] | None) -> list[tuple[str, str]]:
    """Tables that list utterances, each with its column of emotions."""
    for name in tables or ():
        check_choice("data.tables", name, list(database.tables))
    found = [
        (table, column)
        for table, column, mapped in _places(database, emotion)
        if mapped is None and table in (tables or database.tables)
    ]
    if not found:
        present = _names(database) - {emotion}
        raise CorpusError(
            f"no table of {database.name} that lists utterances has a column {emotion}"
            f"{likely(emotion, present)} for data.emotion; others are {', '.join(sorted(present))}."
        )
    return found


def _places(database: Any, name: str) -> Iterator[tuple[str, str, str | None]]:
    """Where a name stands: table, column, and key of the labels of its scheme or None."""
    for table, content in database.tables.items():
        for column, described in content.columns.items():
            scheme = described.scheme_id
            if name in (column, scheme):
                yield table, column, None
            elif scheme and name in _keys(database.schemes[scheme]):
                yield table, column, name


def _names(database: Any) -> set[str]:
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


def _rows(table: Any, column: str) -> Iterator[tuple[tuple[str, str, str], str]]:
    yield from _cells(table[column].get())


def _cells(series: Any) -> Iterator[tuple[tuple[str, str, str], str]]:
    """File, start and end in seconds, and the text of a value, of each row."""
    index = series.index
    names = [name for name in index.names if name in STRETCH]
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


def _line(row: tuple[str, str, str], emotion: str, known: Mapping[str, _Known]) -> Line:
    file, start, end = row
    place = f"{file} from {start or 0} to {end or 'its end'}" if start or end else file
    others = {role: of.of(row) for role, of in known.items()}
    stretch = {"path": file, "start": start, "end": end, "emotion": emotion}
    return Line(place, {**others, **stretch})


def _imported(name: str) -> Any:
    """Import a package that not everybody needs."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"data=audformat needs the package {name}: pip install 'ser-bench[{name}]', or in a "
            f"clone pip install '.[{name}]'."
        ) from error
