"""Figures of a run, from the table of its predictions alone.

Every figure is a function of a confusion matrix, so one function, ``scores``, computes them
all: for a run, for each fold, speaker or seed, and for thousands of bootstrap resamples.

The class set is that of the corpus: the ``p_`` columns of the table. UAR and macro F1 are means
over the emotions that occur in the truth; a false alarm for an emotion that does not occur
already costs the recall of the emotion it was taken for. A part of the corpus may lack an
emotion (EmoDB speaker 08 has no disgust), and its mean is then over fewer emotions than that of
the other parts: ``figures_by`` names what is absent, ``class_recalls`` shows it as nan, and the
pooled figures, which come first, are over the whole class set.

References:
    Schuller et al., "The INTERSPEECH 2009 emotion challenge", Interspeech 2009 (UAR).
    https://doi.org/10.21437/Interspeech.2009-103

    Forman and Scholz, "Apples-to-apples in cross-validation studies", SIGKDD Explorations
    12 (1), 2010 (why counts are pooled before an F1 is taken).
    https://doi.org/10.1145/1882471.1882479
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.errors import RunError
from ser.runs.layout import cell_name
from ser.runs.predictions import labels_of

FIGURES = ("uar", "accuracy", "weighted_f1", "macro_f1")


class Summary(TypedDict):
    """Figures of a run: of each fold, over the folds, and of all predictions together."""

    folds: dict[str, dict[str, float]]
    mean: dict[str, float]
    sd: dict[str, float]
    pooled: dict[str, float]


def scores(matrices: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """UAR, accuracy, weighted F1 and macro F1 of confusion matrices, each between 0 and 1.

    Args:
        matrices: Counts of truth (rows) against prediction (columns); they may be weighted.

    Shape:
        - matrices: ``(..., emotions, emotions)``
        - output: ``(...)`` for each figure; nan for a matrix without counts
    """
    right = np.diagonal(matrices, axis1=-2, axis2=-1)
    support, predicted = matrices.sum(-1), matrices.sum(-2)
    present = (support > 0).sum(-1)
    recall = _ratio(right, support, absent=0)
    f1 = np.where(support > 0, _ratio(2 * right, support + predicted, absent=0), 0)
    return {
        "uar": _ratio(recall.sum(-1), present),
        "accuracy": _ratio(right.sum(-1), support.sum(-1)),
        "weighted_f1": _ratio((f1 * support).sum(-1), support.sum(-1)),
        "macro_f1": _ratio(f1.sum(-1), present),
    }


def figures(truth: Sequence[str], prediction: Sequence[str]) -> dict[str, float]:
    """UAR, accuracy and F1 of a set of predictions, each between 0 and 1.

    UAR and macro F1 are means over the emotions that occur in ``truth``: an emotion that a
    test fold lacks has no recall, and a false alarm for it already costs the recall of the
    emotion it was taken for.

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
        predictions: Table with columns ``fold``, ``seed``, ``truth`` and ``prediction``.
    """
    keys, counts = confusions_by(predictions, ["fold", "seed"])
    table = pd.DataFrame(scores(counts))
    cells = [cell_name(fold, seed) for fold, seed in keys]
    rows = [{name: float(row[name]) for name in FIGURES} for _, row in table.iterrows()]
    return {
        "folds": dict(zip(cells, rows, strict=True)),
        "mean": table.mean().to_dict(),
        "sd": table.std(ddof=1).to_dict(),
        "pooled": _floats(scores(counts.sum(0))),
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
    keys, counts = confusions_by(predictions, ["seed", "fold"])
    cells = pd.DataFrame(scores(counts), index=keys).groupby(level="seed")
    seeds: pd.DataFrame = figures_by(predictions, "seed")[list(FIGURES)]
    columns = {
        "pooled": _floats(scores(counts.sum(0))),
        "fold_mean": cells.mean().mean(),
        "fold_sd": cells.var(ddof=1).mean() ** 0.5,
        "seed_mean": seeds.mean(),
        "seed_sd": seeds.std(ddof=1),
    }
    table: pd.DataFrame = pd.DataFrame(columns, index=list(FIGURES))
    return table


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
    keys, counts = confusions_by(predictions, column, labels)
    table: pd.DataFrame = pd.DataFrame(scores(counts), index=keys)
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
    recalls = _ratio(matrix.diagonal(), matrix.sum(1))
    return pd.Series(recalls, index=pd.Index(labels, name="emotion"), name="recall")


def confusion(predictions: pd.DataFrame, labels: Sequence[str]) -> NDArray[np.int64]:
    """Count truth (rows) against prediction (columns), in the order of ``labels``.

    Raises:
        RunError: If the table holds an emotion that is not among ``labels``.
    """
    whole = np.zeros(len(predictions), dtype=np.int64)
    matrix: NDArray[np.int64] = _count(predictions, whole, 1, labels)[0]
    return matrix


def confusions_by(
    predictions: pd.DataFrame, by: str | list[str], labels: Sequence[str] | None = None
) -> tuple[pd.Index[Any], NDArray[np.int64]]:
    """Confusion matrix of each part of a table.

    Args:
        predictions: Table with columns ``truth``, ``prediction`` and ``by``.
        by: Column or columns whose values are the parts.
        labels: Order of the emotions; that of the corpus if None.

    Shape:
        - output: the sorted parts, and ``(parts, emotions, emotions)``

    Raises:
        RunError: If a row belongs to no part, or has an emotion outside the class set.
    """
    names = [by] if isinstance(by, str) else by
    unknown = [name for name in names if predictions[name].isna().any()]
    if unknown:
        raise RunError(
            f"{', '.join(unknown)} is empty for some predictions, so figures by it are not "
            "defined; choose another column, or complete predictions.csv."
        )
    groups = predictions.groupby(by, sort=True, observed=True)
    keys = groups.size().index
    matrices = _count(predictions, groups.ngroup().to_numpy(), len(keys), labels)
    return keys, matrices


def class_set(predictions: pd.DataFrame) -> list[str]:
    """Emotions of the corpus, from the ``p_`` columns.

    A table without probabilities has the emotions that occur in it, sorted.
    """
    seen = {*predictions["truth"], *predictions["prediction"]}
    return list(labels_of(predictions)) or sorted(seen)


def _count(
    predictions: pd.DataFrame,
    part: NDArray[np.integer],
    parts: int,
    labels: Sequence[str] | None,
) -> NDArray[np.int64]:
    """Count truth against prediction in each part: ``(parts, emotions, emotions)``."""
    emotions = list(class_set(predictions) if labels is None else labels)
    rows, columns = (_codes(predictions[side], emotions) for side in ("truth", "prediction"))
    shape = (parts, len(emotions), len(emotions))
    cells = np.ravel_multi_index((part, rows, columns), shape)
    counts: NDArray[np.int64] = np.bincount(cells, minlength=int(np.prod(shape)))
    return counts.reshape(shape)


def _codes(column: pd.Series[Any], labels: Sequence[str]) -> NDArray[np.intp]:
    """Position of each emotion in ``labels``."""
    codes: NDArray[np.intp] = pd.Index(labels).get_indexer(pd.Index(column))
    if (codes < 0).any():
        raise RunError(
            f"{column.name} holds {column.iloc[int(codes.argmin())]!r}, which is not among the "
            f"emotions {', '.join(labels)}; predictions.csv is of another corpus, or was edited."
        )
    return codes


def _ratio(above: NDArray[Any], below: NDArray[Any], absent: float = np.nan) -> NDArray[np.float64]:
    """Divide; ``absent`` where there is nothing to divide by."""
    out = np.full(np.shape(below), absent, dtype=np.float64)
    quotient: NDArray[np.float64] = np.divide(above, below, out=out, where=np.asarray(below) > 0)
    return quotient


def _floats(found: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    return {name: float(value) for name, value in found.items()}
