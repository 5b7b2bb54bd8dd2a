"""What the files of a finished cell must say, of themselves and of one another.

Each check yields what is wrong, as the end of a sentence that begins with the name of the file. A
later check may rely on the earlier ones, so only the first fault of a file is to be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.folds.fold import SIDES
from ser.runs.cell import Cell
from ser.runs.facts import Facts
from ser.runs.predictions import COLUMNS, labels_of
from ser.runs.sides import Line
from ser.system.counted import counted

MOST_FOLDS = 100_000  # as leaving one of so many utterances out gives
ROUNDING = 1e-6  # predictions.csv keeps six digits of a probability
Sides = Mapping[str, Sequence[Line]]


def table_faults(table: pd.DataFrame, cell: Cell) -> Iterator[str]:
    """Check a table of predictions: columns, fold and seed, ids, emotions and probabilities.

    Args:
        table: Table as it was read.
        cell: Cell that it lies in.
    """
    labels = labels_of(table)
    lost = [name for name in COLUMNS if name not in table.columns]
    if lost or not labels:
        yield f"lacks the column {lost[0] if lost else 'p_…'}"
    if table.empty:
        yield "has no rows"
    for name, number in (("fold", cell.fold), ("seed", cell.seed)):
        if others := set(map(str, table[name])) - {str(number)}:
            yield f"has rows of {name} {_example(others)}"
    if twice := _twice(zip(table["id"], table["view"], strict=True)):
        yield f"has {twice} twice"
    for name in ("truth", "prediction"):
        if unknown := set(table[name]) - set(labels):
            yield f"has the {name} {_example(unknown)}, which has no column of probabilities"
    yield from _share_faults(table, labels)


def _share_faults(table: pd.DataFrame, labels: Sequence[str]) -> Iterator[str]:
    columns = [pd.to_numeric(table[f"p_{label}"], errors="coerce") for label in labels]
    values = np.stack(columns, axis=1).astype(float)  # (rows, emotions)
    ids = table["id"]
    broken = ~np.isfinite(values).all(axis=1)
    if broken.any():
        yield f"has probabilities of {ids[broken].iloc[0]!r} that are no numbers"
    off = np.abs(values.sum(axis=1) - 1) > ROUNDING * (len(labels) + 1)
    off |= (values < 0).any(axis=1)
    if off.any():
        yield f"has probabilities of {ids[off].iloc[0]!r} that do not sum to 1"
    other = outvoted(table["prediction"], values, labels)
    if other.any():
        yield f"predicts another emotion of {ids[other].iloc[0]!r} than the most probable one"


def outvoted(
    predicted: Iterable[str], shares: NDArray[Any], labels: Sequence[str]
) -> NDArray[np.bool_]:
    """Mark predictions of which another emotion has a larger probability.

    Args:
        predicted: Emotion of each row.
        shares: Probability of each emotion.
        labels: Emotions in class order.

    Shape:
        - shares: ``(rows, emotions)``
    """
    places = {label: i for i, label in enumerate(labels)}
    chosen = shares[np.arange(len(shares)), [places[word] for word in predicted]]
    return np.asarray(chosen < shares.max(axis=1))


def side_faults(table: pd.DataFrame, lines: Sequence[Line]) -> Iterator[str]:
    """Check a table of predictions by the side of the fold that it is to be of.

    Args:
        table: Table of predictions.
        lines: Rows of the side.
    """
    known = {(name, view): (speaker, emotion) for name, view, speaker, emotion in lines}
    keys = list(zip(table["id"], table["view"], strict=True))
    if lost := known.keys() - set(keys):
        yield f"lacks {counted(len(lost), 'row')} that folds.json lists, such as {_example(lost)}"
    if foreign := set(keys) - known.keys():
        rows = counted(len(foreign), "row")
        yield f"has {rows} that folds.json does not list, such as {_example(foreign)}"
    found = zip(keys, table["speaker"], table["truth"], strict=True)
    for key, *said in found:
        for word, listed in zip(said, known[key], strict=True):
            if listed is not None and word != listed:
                yield f"says {word!r} of {key[0]!r}, and folds.json says {listed!r}"


def fold_faults(content: Mapping[str, Any], sides: Sides, cell: Cell) -> Iterator[str]:
    """Check who was on which side.

    Args:
        content: What ``folds.json`` holds.
        sides: Rows of every side.
        cell: Cell that it lies in.
    """
    number_within = cell.fold if cell.inner is None else cell.inner  # as the regime counts
    for name, number in (("fold", number_within), ("inner", cell.inner)):
        if name in content and content[name] != number:
            yield f"is of {name} {content[name]}"
    if not (sides["train"] and sides["test"]):
        yield "has an empty side"
    keys = [line[:2] for side in SIDES for line in sides[side]]
    if not all(isinstance(word, str) for key in keys for word in key):
        yield "has ids that are no words"
    if twice := _twice(keys):
        yield f"lists {twice} twice"


def fact_faults(facts: Facts, cell: Cell, sizes: Mapping[str, int]) -> Iterator[str]:
    """Check what is known of a training.

    Args:
        facts: What ``environment.json`` holds.
        cell: Cell that it lies in.
        sizes: Rows of each side, where the other files say so.
    """
    for name, kind in _kinds().items():
        if name in facts and not isinstance(facts.get(name), kind):
            yield f"has {facts.get(name)!r} for {name}"
    seconds = facts.get("seconds", float("nan"))
    if not (isfinite(seconds) and seconds >= 0):
        yield "does not say how many seconds the training took"
    if not cell.fold < facts.get("folds", cell.fold + 1) <= MOST_FOLDS:
        folds = facts.get("folds", 0)
        there = f"there {'is' if folds == 1 else 'are'} {counted(folds, 'fold')}"
        yield f"says that {there}, and this is number {cell.fold}"
    for side, size in sizes.items():
        if facts.get(side, size) != size:
            yield f"counts {facts.get(side)} rows of the {side} side, which has {size}"


@cache
def _kinds() -> dict[str, Any]:
    """Type of every fact; a number may be written without its point."""
    kinds: dict[Any, Any] = {float: (int, float), dict[str, str]: dict}
    return {name: kinds.get(kind, kind) for name, kind in get_type_hints(Facts).items()}


def _twice(keys: Iterable[tuple[str, str]]) -> str:
    """Id of a key that comes twice; empty if none does."""
    seen: set[tuple[str, str]] = set()
    for key in keys:
        if key in seen:
            return repr(key[0])
        seen.add(key)
    return ""


def _example(found: set[Any] | Any) -> str:
    """Name the first of some ids, or of some keys that begin with one."""
    first = min(found)
    return repr(first[0] if isinstance(first, tuple) else first)
