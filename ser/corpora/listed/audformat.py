"""A corpus that is a database of audformat, in a folder or by its name in audb."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from ser.corpora.listed.base import Listed, Probe
from ser.corpora.listed.columns import NEEDED, OPTIONAL, given_columns
from ser.corpora.listed.databases import (
    Known,
    Stretch,
    emotions_of,
    listing,
    names_in,
    splits_of,
)
from ser.corpora.listed.emotions import Wanted
from ser.corpora.listed.files import Line
from ser.corpora.listed.plain import HEADER, load_plain
from ser.errors import ConfigError, CorpusError, check_choice, in_a_line, likely
from ser.system.paths import expanded

USUAL: Mapping[str, str] = {"sex": "gender"}  # what audformat calls what is called otherwise here
ROLES = tuple(role for role in OPTIONAL if role not in ("start", "end"))


class Audformat(Listed):
    """A corpus that tables of audformat list, a file or a stretch of one in a row.

    Utterances are the rows of those tables that have a column of emotions. What else is known of
    them may stand in the same table, in another table of stretches or of whole files, or, as the
    gender of speakers, in the labels of a scheme. Tables of a split say on which side they are.

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
        columns: Mapping[str, str] | str | None = None,
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
        self._columns = given_columns(columns)
        for role in self._columns:
            check_choice("data.columns", role, ROLES)
        self._given = root is not None
        self._version = version
        self._needed = {"emotion": emotion, "speaker": speaker}
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
        if not self._given:
            self.root = Path(database.root)
        chosen = listing(database, self._needed["emotion"], self._tables)
        names = self._names_by_role(database)
        known = {role: Known(database, name, names["speaker"]) for role, name in names.items()}
        splits = splits_of(database, chosen)
        return [
            _line(row, emotion, splits.get(row, ""), known)
            for row, emotion in emotions_of(database, chosen).items()
        ]

    @cached_property
    def _database(self) -> Any:
        if self._given and not (self.root / HEADER).is_file():
            raise CorpusError(
                f"{self.root} has no {HEADER}, so it is no database of audformat; point "
                "data.root=… at the folder that has one."
            )
        try:
            if self._given:
                return load_plain(self.root, _imported("audformat"))
            return _imported("audb").load(self.name, version=self._version, verbose=False)
        except (ConfigError, CorpusError):
            raise
        except Exception as error:  # whatever an edited file or a network can make them raise
            raise CorpusError(
                f"{self.place} cannot be loaded ({in_a_line(error).rstrip('.')}); get a fresh copy "
                "of the database, or correct its name."
            ) from error

    def _names_by_role(self, database: Any) -> dict[str, str]:
        """Columns by role: those that are asked for, and those that have the name of a role."""
        usual = {role: USUAL.get(role, role) for role in ROLES}
        present = names_in(database)
        asked = {"speaker": self._needed["speaker"], **self._columns}
        for role, name in asked.items():
            if name not in present:
                key = f"data.{role}" if role in NEEDED else f"data.columns={{{role}: …}}"
                raise CorpusError(
                    f"{self.place} has no column {name}{likely(name, present)} for {key}; it has "
                    f"{', '.join(sorted(present))}."
                )
        found = {role: name for role, name in usual.items() if name in present}
        return asked | {role: name for role, name in found.items() if role not in asked}


def _line(row: Stretch, emotion: str, split: str, known: Mapping[str, Known]) -> Line:
    file, start, end = row
    place = f"{file} from {start or 0} to {end or 'its end'}" if start or end else file
    others = {role: of.of(row) for role, of in known.items()}
    stretch = {"path": file, "start": start, "end": end, "emotion": emotion}
    return Line(place, {"split": split, **others, **stretch})


def _imported(name: str) -> Any:
    """Import a package that not everybody needs."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"data=audformat needs the package {name}: pip install 'ser-bench[{name}]', or in a "
            f"clone pip install '.[{name}]'."
        ) from error
