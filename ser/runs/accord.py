"""Whether a run was trained with the corpus, the folds and the code that are here now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ser.errors import FoldError, RunError
from ser.runs.cell import PLACE, Cell, cell_at
from ser.runs.contents import (
    OF_CODE,
    OF_CORPUS,
    OF_FOLDS,
    OF_LABELS,
    OF_WEIGHTS,
    TESTED,
    Contents,
    corpus_digest,
    read_corpus,
)
from ser.runs.differences import differences
from ser.runs.layout import FOLDS
from ser.runs.sides import Line, read_sides


def refuse_other_contents(run: Path, recorded: Mapping[str, Any], contents: Contents) -> None:
    """Refuse to go on with a run that was begun with other data or other code.

    What an earlier version did not record is compared by what it did: the sides of the folds.

    Args:
        run: Folder of the run.
        recorded: Its identity.
        contents: What it would be trained with now.

    Raises:
        RunError: If they differ; says how.
    """
    changes = [
        *_of_corpus(run, recorded, contents),
        *_of_labels(recorded, contents),
        *_of_code(recorded, contents),
        *_of_weights(recorded, contents),
    ]
    if OF_CORPUS not in recorded or (_differ(OF_FOLDS, recorded, contents) and not changes):
        changes += _of_folds(run, recorded, contents)
    if changes:
        raise RunError(
            f"{run} was not trained with what is here now: {'; '.join(changes)}. "
            "Figures of the two are not mixed: pass output=ANOTHER_FOLDER or name=ANOTHER_NAME, or "
            "remove that run."
        )


def _differ(key: str, recorded: Mapping[str, Any], contents: Contents) -> bool:
    return key in recorded and key in contents.keys and recorded[key] != contents.keys[key]


def _of_corpus(run: Path, recorded: Mapping[str, Any], contents: Contents) -> list[str]:
    if not _differ(OF_CORPUS, recorded, contents):
        return []
    table = read_corpus(run)
    if table is None or corpus_digest(table) != recorded[OF_CORPUS]:
        return ["the corpus is another one, and corpus.csv of the run, which had it, is damaged"]
    return differences(table.drop(columns=TESTED, errors="ignore"), contents.corpus)


def _of_labels(recorded: Mapping[str, Any], contents: Contents) -> list[str]:
    if not _differ(OF_LABELS, recorded, contents):
        return []
    old, new = (", ".join(map(str, labels)) for labels in (recorded[OF_LABELS], contents.labels))
    return [f"the emotions in their order: {old} there, {new} now"]


def _of_code(recorded: Mapping[str, Any], contents: Contents) -> list[str]:
    return [
        f"the code of {key.removeprefix(OF_CODE)} "
        f"({recorded.get(f'{key.removeprefix(OF_CODE)}._target_')}): {recorded[key]} there, "
        f"{now} now"
        for key, now in contents.keys.items()
        if key.startswith(OF_CODE) and _differ(key, recorded, contents)
    ]


def _of_weights(recorded: Mapping[str, Any], contents: Contents) -> list[str]:
    if not _differ(OF_WEIGHTS, recorded, contents):
        return []
    return [f"the weights of its encoder: {recorded[OF_WEIGHTS]} there, {contents.weights} now"]


def _of_folds(run: Path, recorded: Mapping[str, Any], contents: Contents) -> list[str]:
    """What the first cell whose sides are other ones says of them."""
    for path in sorted(run.rglob(FOLDS)):
        if not PLACE.fullmatch(path.parent.relative_to(run).as_posix()):
            continue  # of another run, further down
        cell = cell_at(path.parent)
        other_labels = recorded.get("shuffle_labels") and cell.seed != contents.seed
        if not other_labels and (found := _of_sides(cell, contents)):
            return [f"in fold {cell.fold}, {'; '.join(found)}"]
    if OF_FOLDS in recorded and _differ(OF_FOLDS, recorded, contents):
        return ["the folds are other ones"]
    return []


def _of_sides(cell: Cell, contents: Contents) -> list[str]:
    try:
        old = _table(read_sides(cell.folder))
    except (ValueError, TypeError):  # a damaged file says nothing of the data
        return []
    try:
        return differences(old, _table(contents.sides(cell.fold, cell.inner)))
    except FoldError as error:
        return [str(error)]


def _table(sides: Iterable[tuple[str, Line]]) -> pd.DataFrame:
    """Side, speaker and emotion of every row; without what a file of old does not say."""
    lines = [
        (name if view == "original" else f"{name} ({view})", side, speaker, emotion)
        for side, (name, view, speaker, emotion) in sides
    ]
    table = pd.DataFrame(lines, columns=["id", "side", "speaker", "emotion"]).set_index("id")
    known: pd.DataFrame = table.dropna(axis="columns", how="all")
    return known
