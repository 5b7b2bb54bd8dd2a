"""The worst confusions of a run, and the utterances to listen to."""

from __future__ import annotations

from typing import Any

import pandas as pd

SHOWN = 5


def mistakes(predictions: pd.DataFrame) -> pd.DataFrame:
    """Every wrong prediction, the most confident first.

    Args:
        predictions: Predictions of a run.

    Returns:
        Its ``utterance`` (with view and seed where there are several), ``speaker``, ``fold``,
        ``truth``, ``prediction``, its ``confidence``, and ``p_truth``, what the truth was given.
    """
    wrong = predictions[predictions["truth"] != predictions["prediction"]]
    table = wrong[["speaker", "fold", "truth", "prediction"]].copy()
    table["utterance"] = _utterance(wrong, several_seeds=predictions["seed"].nunique() > 1)
    for name, column in (("confidence", "prediction"), ("p_truth", "truth")):
        table[name] = [float(row[f"p_{row[column]}"]) for _, row in wrong.iterrows()]
    ordered: pd.DataFrame = table.sort_values(
        ["confidence", "utterance"], ascending=[False, True], ignore_index=True
    )
    return ordered


def worst_confusions(predictions: pd.DataFrame, shown: int = SHOWN) -> pd.DataFrame:
    """Pairs of emotions by how many predictions of the first were taken for the second.

    Args:
        predictions: Predictions of a run.
        shown: How many utterances to name for each pair, the most confident first.

    Returns:
        ``truth``, ``prediction``, ``count``, its ``share`` of the truth, and ``utterances``,
        each once.
    """
    support = predictions["truth"].value_counts().to_dict()
    rows = []
    pairs: Any = mistakes(predictions).groupby(["truth", "prediction"])
    for (truth, prediction), found in pairs:
        names = found["utterance"].drop_duplicates().head(shown).tolist()
        share = len(found) / support[truth]
        rows.append((truth, prediction, len(found), share, names))
    table = pd.DataFrame(rows, columns=["truth", "prediction", "count", "share", "utterances"])
    ordered: pd.DataFrame = table.sort_values(
        ["count", "share"], ascending=False, ignore_index=True
    )
    return ordered


def _utterance(rows: pd.DataFrame, *, several_seeds: bool) -> pd.Series[str]:
    names = rows["id"].where(rows["view"] == "original", rows["id"] + "#" + rows["view"])
    if several_seeds:
        names = names + " (seed " + rows["seed"].astype(str) + ")"
    shown: pd.Series[str] = names
    return shown
