"""Who was on which side of somebody else's folds: from a list, or from the folds of predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ser.audit.foreign.csv_file import CsvFile, read_csv
from ser.audit.foreign.ids import Names
from ser.audit.foreign.predictions import Theirs, tested_together
from ser.folds import Fold
from ser.folds.fold import SIDES
from ser.folds.formats import entries_of, named
from ser.folds.lists import FoldList, assemble, read
from ser.system.counted import counted
from ser.system.paths import expanded

if TYPE_CHECKING:
    from ser.corpora import Utterance

LISTS = (".jsonl", ".json")


@dataclass(frozen=True)
class Sides:
    """Folds that somebody else dealt.

    Args:
        folds: The folds, as positions in the utterances of the corpus.
        notes: Sentences on where they are from.
    """

    folds: Sequence[Fold]
    notes: Sequence[str]


def sides_of(
    theirs: Theirs,
    path: Path | None,
    columns: Mapping[str, str | None],
    utterances: Sequence[Utterance],
) -> Sides | None:
    """Find out what was trained on; None where nothing says it.

    Args:
        theirs: Their predictions.
        path: Their list of folds, or None.
        columns: Column of each role; None takes a usual one.
        utterances: Utterances of the corpus.

    Raises:
        FoldError: If the list is in no known form.
        RunError: If it names what the corpus does not have.
    """
    if path is not None:
        listed = _listed(path, columns, Names(utterances))
        notes = [f"{path} lists {counted(len(listed.folds), 'fold')}", *_compared(theirs, listed)]
        return Sides(_folds(listed, utterances), notes + _unjudged(listed))
    if theirs.table["fold"].nunique() < 2:  # noqa: PLR2004 - a fold that others train on
        return None
    listed = _by_column(theirs.table)
    note = (
        f"{counted(len(listed.folds), 'fold')} by the column of folds; what a fold does not test "
        "is taken as its training side"
    )
    return Sides(_folds(listed, utterances), [note, *_unjudged(listed)])


def _by_column(table: pd.DataFrame) -> FoldList:
    """Folds of which each trains on all that it does not test."""
    everything, none = frozenset(table["id"]), frozenset[str]()
    folds = [
        {"train": everything - ids, "validation": none, "test": ids}
        for ids in tested_together(table)
    ]
    return FoldList("column", tuple(folds), {})


def _listed(path: Path, columns: Mapping[str, str | None], names: Names) -> FoldList:
    place = expanded(path)
    if place.is_dir() or place.suffix.lower() in LISTS:
        return _published(place, names)
    file = read_csv(path)
    roles = _roles(file, columns)
    meant = names.match((row[roles["id"]] for row in file.rows), path)
    rows = [{role: row[column] for role, column in roles.items()} for row in file.rows]
    rows = [{"fold": "0", **row, "id": meant[row["id"]]} for row in rows]
    return assemble(path, "csv", list(entries_of(path, rows, roles)))


def _published(path: Path, names: Names) -> FoldList:
    """A list in one of the published forms, by the ids of the corpus."""
    listed = read(path)
    ids = names.match(sorted(listed.ids), path)
    folds = [
        {side: frozenset(ids[name] for name in fold[side]) for side in SIDES}
        for fold in listed.folds
    ]
    return FoldList(listed.form, tuple(folds), listed.claims)


def _roles(file: CsvFile, columns: Mapping[str, str | None]) -> dict[str, str]:
    """Column of each role; with sides and without folds, there is one fold."""
    found = {role: file.column(role, columns[role]) for role in ("side", "validation", "fold")}
    known = {role: column for role, column in found.items() if column}
    for role in ("id",) if "side" in known else ("id", "fold"):
        known[role] = file.required(role, columns[role])
    return known


def _folds(listed: FoldList, utterances: Sequence[Utterance]) -> list[Fold]:
    position = {utterance.id: i for i, utterance in enumerate(utterances)}
    return [
        Fold(
            index,
            *(np.array(sorted(position[i] for i in fold[side]), dtype=np.intp) for side in SIDES),
        )
        for index, fold in enumerate(listed.folds)
    ]


def _compared(theirs: Theirs, listed: FoldList) -> list[str]:
    """Say where predictions and list disagree on what is tested."""
    tested = frozenset[str]().union(*(fold["test"] for fold in listed.folds))
    predicted = set(theirs.table["id"])
    notes = []
    parts = set(tested_together(theirs.table))
    expected = {fold["test"] & predicted for fold in listed.folds} - {frozenset()}
    if len(parts) > 1 and parts != expected:
        notes.append("the folds of the predictions are not those of the list, which is believed")
    if extra := predicted - tested:
        notes.append(
            f"{counted(len(extra), 'utterance is', 'utterances are')} predicted, and not tested in "
            f"any fold of the list: {named(extra)}"
        )
    if lacking := tested - predicted:
        notes.append(
            f"{counted(len(lacking), 'utterance is', 'utterances are')} tested by the list and not "
            f"predicted: {named(lacking)}"
        )
    return notes


def _unjudged(listed: FoldList) -> list[str]:
    if any(fold["validation"] for fold in listed.folds):
        return []
    return ["no validation side is listed, so nothing says what epochs and settings were chosen by"]
