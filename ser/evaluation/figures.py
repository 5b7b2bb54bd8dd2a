"""Figures of a run, from the table of its predictions alone.

The pooled figures, which come first, are over the whole class set. A part of the corpus may lack
an emotion, and its mean is then over fewer emotions than that of the other parts: ``figures_by``
names what is absent, ``class_recalls`` shows it as nan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.evaluation.confusions import class_set, confusion, count, parts_of, ratio
from ser.evaluation.figure import FIGURES, figures_for
from ser.runs.layout import cell_name


class Summary(TypedDict):
    """Figures of a run: of each fold, over the folds, and of all predictions together."""

    folds: dict[str, dict[str, float]]
    mean: dict[str, float]
    sd: dict[str, float]
    pooled: dict[str, float]


def scores(matrices: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Every figure of confusion matrices.

    Args:
        matrices: Counts of truth (rows) against prediction (columns); they may be weighted.

    Shape:
        - matrices: ``(..., emotions, emotions)``
        - output: ``(...)`` for each figure; nan for a matrix without counts
    """
    return {f.name: f.function(matrices) for f in FIGURES.values() if f.terms is None}


def figures(truth: Sequence[str], prediction: Sequence[str]) -> dict[str, float]:
    """UAR, accuracy and F1 of a set of predictions, each between 0 and 1.

    Args:
        truth: Emotion of each utterance.
        prediction: Emotion that was predicted.
    """
    table = pd.DataFrame({"truth": list(truth), "prediction": list(prediction)})
    return _floats(scores(confusion(table, class_set(table))))


def summarise(predictions: pd.DataFrame) -> Summary:
    """Figures of each fold and seed, their mean and standard deviation, and pooled figures.

    The standard deviation is that of a sample (``n - 1``); it is nan for a single fold.
    ``spread`` tells the part of the folds from that of the seeds.

    Args:
        predictions: Table with columns ``fold``, ``seed``, ``truth`` and ``prediction``; with the
            ``p_`` columns it has the figures of probabilities too.
    """
    table, pooled = _table(predictions, ["fold", "seed"])
    cells = [cell_name(fold, seed) for fold, seed in table.index]
    rows = [{str(name): float(value) for name, value in row.items()} for _, row in table.iterrows()]
    return {
        "folds": dict(zip(cells, rows, strict=True)),
        "mean": {str(name): float(value) for name, value in table.mean().items()},
        "sd": {str(name): float(value) for name, value in table.std(ddof=1).items()},
        "pooled": pooled,
    }


def spread(predictions: pd.DataFrame) -> pd.DataFrame:
    """Pooled figures, and how they vary over folds and over seeds.

    Folds and seeds are different sources of variation, and one standard deviation over all
    cells mixes them (Bouthillier et al., 2021).

    Args:
        predictions: Table with columns ``fold``, ``seed``, ``truth`` and ``prediction``.

    Returns:
        A row for each figure. ``pooled``: all predictions together. ``fold_mean``: mean over
        folds, then over seeds. ``fold_sd``: standard deviation over the folds of one seed,
        root mean square over seeds. ``seed_mean`` and ``seed_sd``: of the figure pooled over
        the folds of each seed. Deviations have ``n - 1``; nan for a single fold or seed.

    References:
        Bouthillier et al., "Accounting for variance in machine learning benchmarks", MLSys
        2021. https://arxiv.org/abs/2103.03098
    """
    table, pooled = _table(predictions, ["seed", "fold"])
    cells = table.groupby(level="seed")
    seeds, _ = _table(predictions, "seed")
    columns = {
        "pooled": pooled,
        "fold_mean": cells.mean().mean(),
        "fold_sd": cells.var(ddof=1).mean() ** 0.5,
        "seed_mean": seeds.mean(),
        "seed_sd": seeds.std(ddof=1),
    }
    whole: pd.DataFrame = pd.DataFrame(columns, index=list(pooled))
    return whole


def figures_by(predictions: pd.DataFrame, column: str) -> pd.DataFrame:
    """Figures of each speaker, fold, seed or other part of a run.

    Args:
        predictions: Table with columns ``truth``, ``prediction`` and ``column``.
        column: Column whose values are the parts.

    Returns:
        A row for each part: its figures, the number of its ``predictions``, and the emotions
        that are ``absent`` from its truth, over which its means are not taken; separated by
        commas, empty where the class set is whole.
    """
    labels = class_set(predictions)
    keys, part = parts_of(predictions, column)
    counts = count(predictions, part, len(keys), labels)
    table, _ = _table(predictions, column)
    table["predictions"] = counts.sum((1, 2))
    lacking = counts.sum(2) == 0  # (parts, emotions)
    table["absent"] = [", ".join(np.array(labels, dtype=object)[row]) for row in lacking]
    return table


def class_recalls(predictions: pd.DataFrame, labels: Sequence[str]) -> pd.Series[float]:
    """Recall of each emotion, in the order of ``labels``; nan for one that does not occur.

    An emotion without utterances has no recall. Neither 0 nor leaving it out would say so:
    EmoDB speaker 08 has no disgust.

    Args:
        predictions: Table with columns ``truth`` and ``prediction``.
        labels: Emotions of the corpus.
    """
    matrix = confusion(predictions, labels)
    recalls = ratio(matrix.diagonal(), matrix.sum(1))
    return pd.Series(recalls, index=pd.Index(labels, name="emotion"), name="recall")


def _table(predictions: pd.DataFrame, by: str | list[str]) -> tuple[pd.DataFrame, dict[str, float]]:
    """Every figure of each part of a table, and of all parts together."""
    keys, part = parts_of(predictions, by)
    rows, pooled = {}, {}
    for figure in figures_for(predictions):
        sums = figure.sums(predictions, part, len(keys))
        rows[figure.name] = figure.function(sums)
        pooled[figure.name] = float(figure.function(sums.sum(0)))
    return pd.DataFrame(rows, index=keys), pooled


def _floats(found: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    return {name: float(value) for name, value in found.items()}
