"""Figures of a run, from the table of its predictions alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

FIGURES = ("uar", "accuracy", "weighted_f1", "macro_f1")


class Summary(TypedDict):
    """Figures of a run: of each fold, over the folds, and of all predictions together."""

    folds: dict[str, dict[str, float]]
    mean: dict[str, float]
    sd: dict[str, float]
    pooled: dict[str, float]


def figures(truth: Sequence[str], prediction: Sequence[str]) -> dict[str, float]:
    """UAR, accuracy and F1 of a set of predictions, each between 0 and 1.

    UAR and macro F1 are means over the emotions that occur in ``truth``: an emotion that a
    test fold lacks has no recall, and a false alarm for it already costs the recall of the
    emotion it was taken for.

    Args:
        truth: Emotion of each utterance.
        prediction: Emotion that was predicted.
    """
    present = sorted(set(truth))
    return {
        "uar": float(recall_score(truth, prediction, labels=present, average="macro")),
        "accuracy": float(accuracy_score(truth, prediction)),
        "weighted_f1": float(f1_score(truth, prediction, average="weighted", zero_division=0)),
        "macro_f1": float(
            f1_score(truth, prediction, labels=present, average="macro", zero_division=0)
        ),
    }


def summarise(predictions: pd.DataFrame) -> Summary:
    """Figures of each fold and seed, their mean and standard deviation, and pooled figures.

    The standard deviation is that of a sample (``n - 1``); it is nan for a single fold.

    Args:
        predictions: Table with columns ``fold``, ``seed``, ``truth`` and ``prediction``.
    """
    cells = {
        f"fold-{fold:02d}/seed-{seed}": figures(list(cell["truth"]), list(cell["prediction"]))
        for (fold, seed), cell in predictions.groupby(["fold", "seed"])
    }
    table = pd.DataFrame(cells.values(), columns=list(FIGURES))
    return {
        "folds": cells,
        "mean": table.mean().to_dict(),
        "sd": table.std(ddof=1).to_dict(),
        "pooled": figures(list(predictions["truth"]), list(predictions["prediction"])),
    }


def confusion(predictions: pd.DataFrame, labels: Sequence[str]) -> NDArray[np.int64]:
    """Count truth (rows) against prediction (columns), in the order of ``labels``."""
    matrix: NDArray[np.int64] = confusion_matrix(
        predictions["truth"], predictions["prediction"], labels=list(labels)
    )
    return matrix
