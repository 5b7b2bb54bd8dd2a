"""Which speaker and emotion lie on which side of each fold, from folds.json and predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from ser.corpora import Utterance
from ser.folds import groups_apart
from ser.folds.fold import SIDES
from ser.folds.overlaps import Overlap, overlaps, reached
from ser.runs.facts import Facts
from ser.runs.reading import Run
from ser.runs.sides import read_sides
from ser.runs.state import CellState

COLUMNS = ["fold", "side", "id", "view", "speaker", "emotion"]
UNKNOWN = "not tested yet"


def design_of(run: Run) -> pd.DataFrame:
    """List every utterance on every side of every fold.

    Seeds share their folds, so the first one tells. Augmented copies are rows of their own. A
    fold without ``folds.json`` shows its test side alone.

    Returns:
        A row for each, with ``fold``, ``side``, ``id``, ``view``, ``speaker`` and ``emotion``.
        The last two come from predictions, and are ``UNKNOWN`` for what none was made of yet.
    """
    table: pd.DataFrame = pd.DataFrame(_rows(run), columns=COLUMNS)
    words = run.predictions.rename(columns={"truth": "emotion"})
    predicted = words.drop_duplicates("id").set_index("id")
    for column in ("speaker", "emotion"):  # which folds.json of earlier versions does not hold
        table[column] = table[column].fillna(table["id"].map(predicted[column])).fillna(UNKNOWN)
    return table


def overlaps_in(design: pd.DataFrame) -> list[list[Overlap]]:
    """List what the sides of each fold share, as ``ser.folds.overlaps`` does before a training.

    Utterances and speakers alone are compared, for folds.json has no more; a copy on another side
    is its utterance there.

    Args:
        design: What ``design_of`` gives.
    """
    return [overlaps(_units(rows)) for _, rows in design.groupby("fold")]


def speakers_shared(
    run: Run, design: pd.DataFrame, shares: Sequence[Sequence[Overlap]]
) -> bool | None:
    """Whether a speaker is tested and trained on in one fold; None if nothing here tells.

    Args:
        run: Run that the design is of.
        design: What ``design_of`` gives.
        shares: What ``overlaps_in`` gives.
    """
    apart = groups_apart(run.identity.get("cv.name"))
    if any(reached(fold, "speaker") - {UNKNOWN} for fold in shares):
        return True
    if UNKNOWN not in set(design["speaker"]) and has_both_sides(design):
        return False
    if "speaker" in (apart or ()) or run.identity.get("cv.group") == "speaker":
        return False
    folds = design[design["side"] == "test"].groupby("speaker")["fold"].nunique()
    if apart is None or not len(folds):
        return None
    if folds.gt(1).any():
        return True
    return False if run.complete and design["fold"].nunique() > 1 else None


def leaked_utterances(shares: Sequence[Sequence[Overlap]]) -> int:
    """How many tested utterances have themselves or a copy on the training side of their fold.

    Args:
        shares: What ``overlaps_in`` gives.
    """
    return sum(len(reached(fold, "id")) for fold in shares)


def has_both_sides(design: pd.DataFrame) -> bool:
    """Whether it is known of every fold who is tested and who is trained on.

    Args:
        design: What ``design_of`` gives.
    """
    sides = design.groupby("fold")["side"].agg(set)
    return bool(len(sides)) and all({"train", "test"} <= found for found in sides)


def fitted_utterances(run: Run, design: pd.DataFrame) -> dict[int, int]:
    """Utterances that each finished fold was fitted on, one with copies counted once."""
    listed = design.groupby(["fold", "side"])["id"].nunique()
    views = 1 + len(run.identity.get("augment.copies") or ())
    fitted = {}
    for (fold, _), fact in run.facts.items():
        known = {"train": fact["train"] // views, "validation": fact.get("validation", 0)}
        sides = known if _fitted_to_all(fact) else ["train"]
        fitted[fold] = sum(int(listed.get((fold, side), known[side])) for side in sides)
    return fitted


def _fitted_to_all(fact: Facts) -> bool:
    """Whether the validation side was trained on in the end; what has no epochs always does so."""
    return "refit" in fact or "epochs" not in fact


def _units(rows: pd.DataFrame) -> dict[str, list[Utterance]]:
    """Utterances on each side of a fold; where their audio lies does not matter here."""
    units: dict[str, list[Utterance]] = {side: [] for side in SIDES}
    once = rows.drop_duplicates(["side", "id"])[["side", "id", "emotion", "speaker"]]
    for side, name, emotion, speaker in once.itertuples(index=False, name=None):
        units[side].append(Utterance(name, Path(), emotion, speaker))
    return units


def _rows(run: Run) -> Iterator[tuple[int, str, str, str, str | None, str | None]]:
    seen: dict[int, CellState] = {}
    for cell in run.finished:
        seen.setdefault(cell.fold, cell)
    for fold, cell in seen.items():
        known = False
        for side, line in read_sides(cell.folder):
            known = True
            yield fold, side, *line
        if not known:
            yield from _tested(run, cell)


def _tested(run: Run, cell: CellState) -> Iterator[tuple[int, str, str, str, str, str]]:
    table = run.predictions
    own = table[(table["fold"] == cell.fold) & (table["seed"] == cell.seed)]
    for row in own[["id", "view", "speaker", "truth"]].itertuples(index=False, name=None):
        yield cell.fold, "test", *row
