"""Predictions that somebody else made, as a table like ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ser.audit.foreign.csv_file import CsvFile, read_csv
from ser.audit.foreign.emotions import OTHER, labels_for, translated
from ser.audit.foreign.ids import Names, refuse_doubled, renamed
from ser.audit.foreign.shares import beginning, headings, largest, probabilities
from ser.corpora.row import ORIGINAL
from ser.errors import RunError
from ser.folds.formats import named
from ser.runs.checks import outvoted
from ser.system.counted import counted

if TYPE_CHECKING:
    from ser.corpora import Utterance


@dataclass(frozen=True)
class Theirs:
    """Predictions of a corpus by somebody else.

    Args:
        table: ``id``, ``view``, ``speaker``, ``fold``, ``seed``, ``truth`` (that of the corpus)
            and ``prediction``; ``p_`` columns where there are probabilities.
        notes: Sentences on how the file was read.
        wrong: Sentences on what of it is not as in the corpus.
    """

    table: pd.DataFrame
    notes: Sequence[str]
    wrong: Sequence[str]


def read_theirs(
    path: Path,
    columns: Mapping[str, str | None],
    emotions: Mapping[str, str | None],
    utterances: Sequence[Utterance],
    labels: Sequence[str],
) -> Theirs:
    """Read predictions, and match them with the corpus.

    Where no column has predictions, the largest probability of a line is its prediction.

    Args:
        path: CSV file.
        columns: Column of each role; None takes a usual one.
        emotions: Label of each word that is none itself.
        utterances: Utterances of the corpus.
        labels: Its emotions.

    Raises:
        ConfigError: If a column or an emotion is unknown.
        RunError: If ids do not match the corpus, occur twice, or have no prediction.
    """
    file = read_csv(path)
    roles = _roles(file, columns)
    ids = Names(utterances).match((row[roles["id"]] for row in file.rows), path)
    both = [
        row[roles[role]] for role in ("predicted", "true") if role in roles for row in file.rows
    ]
    _refuse_empty(file, roles)
    words = labels_for(both, labels, emotions, path)
    said = [words[row[roles["predicted"]]] for row in file.rows if "predicted" in roles]
    # Of an emotion that the corpus does not have, there is no probability to read.
    shares = None if OTHER in said else probabilities(file, columns, emotions, labels)
    guesses = said if shares is None else said or largest(shares)
    table = _table(file, roles, ids, guesses, utterances)
    _refuse_doubled(table, path)
    table = pd.concat([table, shares], axis=1)
    odd = [] if shares is None else _less_likely(table, shares, labels)
    read = ", ".join(f"{role} from {column}" for role, column in _read_from(roles, columns).items())
    notes = [
        f"{counted(len(table), 'prediction')} in {path}: {read}",
        *renamed(ids),
        *translated(words),
    ]
    return Theirs(
        table,
        notes,
        [*_lacking(table, utterances), *odd, *_disagreeing(file, roles, table, words)],
    )


def tested_together(table: pd.DataFrame) -> list[frozenset[str]]:
    """Ids that each fold tests, once where several seeds have equal folds.

    Args:
        table: Predictions.
    """
    groups = table.groupby(["seed", "fold"])["id"]
    return list(dict.fromkeys(frozenset(ids) for _, ids in groups))


def _roles(file: CsvFile, columns: Mapping[str, str | None]) -> dict[str, str]:
    needed = {"id": file.required("id", columns["id"])}
    if file.column("predicted", columns["predicted"]) or not headings(file, columns):
        needed["predicted"] = file.required("predicted", columns["predicted"])
    others = {role: file.column(role, columns[role]) for role in ("true", "fold", "seed")}
    return needed | {r: c for r, c in others.items() if c and c not in needed.values()}


def _read_from(roles: Mapping[str, str], columns: Mapping[str, str | None]) -> dict[str, str]:
    """What each role was read from, in words."""
    if "predicted" in roles:
        return dict(roles)
    return {**roles, "predicted": f"the largest of {beginning(columns)}…"}


def _refuse_empty(file: CsvFile, roles: Mapping[str, str]) -> None:
    for role in ("predicted", "true", "fold", "seed"):
        empty = [row[roles["id"]] for row in file.rows if role in roles and not row[roles[role]]]
        if empty:
            raise RunError(
                f"{file.path} has nothing in the column {roles[role]} for {named(empty)}; "
                "complete it, or leave these lines out."
            )


def _table(
    file: CsvFile,
    roles: Mapping[str, str],
    ids: Mapping[str, str],
    guesses: Sequence[str],
    utterances: Sequence[Utterance],
) -> pd.DataFrame:
    known = {utterance.id: utterance for utterance in utterances}
    found = [known[ids[row[roles["id"]]]] for row in file.rows]
    places = {
        role: _numbered([row[roles[role]] for row in file.rows]) if role in roles else 0
        for role in ("fold", "seed")
    }
    table: pd.DataFrame = pd.DataFrame(
        {
            "id": [utterance.id for utterance in found],
            "view": ORIGINAL,
            "speaker": [utterance.speaker for utterance in found],
            **places,
            "truth": [utterance.emotion for utterance in found],
            "prediction": list(guesses),
        }
    )
    return table


def _numbered(names: Sequence[str]) -> list[int]:
    """Numbers that stand for names of folds or seeds, in their order."""
    numeric = all(name.isdecimal() for name in names)
    ordered = sorted(set(names), key=lambda name: (int(name) if numeric else 0, name))
    return [ordered.index(name) for name in names]


def _refuse_doubled(table: pd.DataFrame, path: Path) -> None:
    keys = table[["id", "fold", "seed"]].astype(str).itertuples(index=False, name=None)
    refuse_doubled(
        keys,
        path,
        "Give one line each, or say by columns.fold=… or columns.seed=… what tells them apart.",
    )


def _lacking(table: pd.DataFrame, utterances: Sequence[Utterance]) -> list[str]:
    known = set(table["id"])
    lacking = [utterance.id for utterance in utterances if utterance.id not in known]
    notes = []
    if lacking:
        notes.append(
            f"{len(lacking)} of {len(utterances)} utterances of the corpus have no prediction: "
            f"{named(lacking)}; all figures are of the others"
        )
    if often := int((table.groupby(["id", "seed"]).size() > 1).sum()):
        notes.append(
            f"{counted(often, 'utterance is', 'utterances are')} predicted in several folds, and "
            "each prediction counts"
        )
    if strange := int((table["prediction"] == OTHER).sum()):
        notes.append(
            f"{counted(strange, 'prediction is', 'predictions are')} of an emotion that the corpus "
            "does not have: wrong"
        )
    return notes


def _less_likely(table: pd.DataFrame, shares: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """Say where a prediction is not the emotion that its probabilities make the likeliest."""
    odd = table.loc[outvoted(table["prediction"], shares.to_numpy(), labels), "id"]
    if odd.empty:
        return []
    return [
        "PROBABILITIES AND PREDICTIONS DIFFER: "
        f"{counted(len(odd), 'prediction is', 'predictions are')} not of the largest probability "
        f"({named(odd)}); what is said of probabilities is of other answers than the rest"
    ]


def _disagreeing(
    file: CsvFile, roles: Mapping[str, str], table: pd.DataFrame, words: Mapping[str, str]
) -> list[str]:
    """Say where their truth is not that of the corpus, by which everything is judged."""
    if "true" not in roles:
        return []
    theirs = [words[row[roles["true"]]] for row in file.rows]
    odd = [
        f"{name} ({label}, not {truth})"
        for name, label, truth in zip(table["id"], theirs, table["truth"], strict=True)
        if label != truth
    ]
    if not odd:
        return [f"their {roles['true']} is the emotion of the corpus for every utterance"]
    return [
        f"THEIR LABELS DIFFER for {counted(len(odd), 'prediction')}, judged by the corpus: "
        f"{named(odd)}"
    ]
