"""Two tables of predictions put on equal terms, so that they can be compared pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ser.errors import RunError
from ser.runs.predictions import of_originals

SHOWN = 5


def align(a: pd.DataFrame, b: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep what both tables predict, in one order, under the folds of the second.

    A table of one seed stands beside every seed of the other: what has no seed does not vary with
    it. Probabilities are left out, and so are augmented copies.

    Args:
        a: Predictions.
        b: Predictions of the same corpus.

    Returns:
        Both tables, with equal ``fold``, ``seed``, ``id``, ``view``, ``speaker`` and ``truth``.

    Raises:
        RunError: If they have no utterance in common, differ in truth or in seeds, or one predicts
            an utterance twice.
    """
    one, other = _plain(a), _plain(b)
    seeds = _seeds(one, other)
    common = sorted(set(one["id"]) & set(other["id"]))
    if not common:
        raise RunError("the two have no utterance in common; compare predictions of one corpus.")
    one, other = (_at_seeds(table, seeds, common) for table in (one, other))
    _refuse_other_truth(one, other)
    return one.assign(fold=other["fold"], speaker=other["speaker"]), other


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["id", "view", "speaker", "fold", "seed", "truth", "prediction"]
    plain: pd.DataFrame = of_originals(table)[keys]
    if plain.duplicated(["id", "seed"]).any():
        twice = plain.loc[plain.duplicated(["id", "seed"]), "id"].unique()[:SHOWN]
        raise RunError(
            f"{', '.join(twice)} and perhaps others are predicted more than once at one seed; "
            "compare predictions that test each utterance once."
        )
    return plain


def _seeds(one: pd.DataFrame, other: pd.DataFrame) -> list[int]:
    mine, theirs = (sorted(map(int, table["seed"].unique())) for table in (one, other))
    if mine == theirs or len(mine) == 1:
        return theirs
    if len(theirs) == 1:
        return mine
    raise RunError(
        f"one has the seeds {mine}, the other {theirs}; compare equal seeds, or give one of them "
        "with a single seed."
    )


def _at_seeds(table: pd.DataFrame, seeds: Sequence[int], ids: Sequence[str]) -> pd.DataFrame:
    single = table["seed"].nunique() == 1
    parts = []
    for seed in seeds:
        part = table if single else table[table["seed"] == seed]
        lacking = set(ids) - set(part["id"])
        if lacking:
            raise RunError(
                f"seed {seed} lacks predictions of {', '.join(sorted(lacking)[:SHOWN])}; finish "
                "that run first."
            )
        parts.append(part.set_index("id").loc[list(ids)].reset_index().assign(seed=seed))
    whole: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return whole


def _refuse_other_truth(one: pd.DataFrame, other: pd.DataFrame) -> None:
    odd = one.loc[(one["truth"] != other["truth"]).to_numpy(), "id"].unique()
    if len(odd):
        raise RunError(
            f"the two do not agree on the emotion of {', '.join(odd[:SHOWN])}, {len(odd)} in all; "
            "compare predictions of one corpus with one set of labels."
        )
