"""Count truth against prediction, for a whole table or for each part of it.

The class set is that of the corpus: the ``p_`` columns of the table. A part of the corpus may
lack an emotion (EmoDB speaker 08 has no disgust), and keeps its row of zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.errors import RunError
from ser.runs.predictions import labels_of


def confusion(predictions: pd.DataFrame, labels: Sequence[str]) -> NDArray[np.int64]:
    """Count truth (rows) against prediction (columns), in the order of ``labels``.

    Raises:
        RunError: If the table holds an emotion that is not among ``labels``.
    """
    whole = np.zeros(len(predictions), dtype=np.int64)
    matrix: NDArray[np.int64] = count(predictions, whole, 1, labels)[0]
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
    keys, part = parts_of(predictions, by)
    return keys, count(predictions, part, len(keys), labels)


def parts_of(
    predictions: pd.DataFrame, by: str | list[str]
) -> tuple[pd.Index[Any], NDArray[np.intp]]:
    """Divide a table by the values of a column or of several.

    Args:
        predictions: Table with the column ``by``.
        by: Column or columns whose values are the parts.

    Returns:
        The sorted parts, and the position among them of each row.

    Raises:
        RunError: If a row belongs to no part.
    """
    names = [by] if isinstance(by, str) else by
    unknown = [name for name in names if predictions[name].isna().any()]
    if unknown:
        raise RunError(
            f"{', '.join(unknown)} is empty for some predictions, so figures by it are not "
            "defined; choose another column, or complete predictions.csv."
        )
    groups = predictions.groupby(by, sort=True, observed=True)
    return groups.size().index, groups.ngroup().to_numpy()


def count(
    predictions: pd.DataFrame,
    part: NDArray[np.integer],
    parts: int,
    labels: Sequence[str] | None = None,
) -> NDArray[np.int64]:
    """Count truth against prediction in each part.

    Args:
        predictions: Table with columns ``truth`` and ``prediction``.
        part: Position of the part that each row belongs to.
        parts: Number of parts.
        labels: Order of the emotions; that of the corpus if None.

    Shape:
        - part: ``(predictions,)``
        - output: ``(parts, emotions, emotions)``

    Raises:
        RunError: If the table holds an emotion outside the class set.
    """
    emotions = list(class_set(predictions) if labels is None else labels)
    rows, columns = (_codes(predictions[side], emotions) for side in ("truth", "prediction"))
    shape = (parts, len(emotions), len(emotions))
    cells = np.ravel_multi_index((part, rows, columns), shape)
    counts: NDArray[np.int64] = np.bincount(cells, minlength=int(np.prod(shape)))
    return counts.reshape(shape)


def class_set(predictions: pd.DataFrame) -> list[str]:
    """Emotions of the corpus, from the ``p_`` columns.

    A table without probabilities has the emotions that occur in it, sorted.
    """
    labels = list(labels_of(predictions))
    return labels or sorted({*predictions["truth"], *predictions["prediction"]})


def ratio(above: NDArray[Any], below: NDArray[Any], absent: float = np.nan) -> NDArray[np.float64]:
    """Divide; ``absent`` where there is nothing to divide by."""
    out = np.full(np.shape(below), absent, dtype=np.float64)
    quotient: NDArray[np.float64] = np.divide(above, below, out=out, where=np.asarray(below) > 0)
    return quotient


def _codes(column: pd.Series[Any], labels: Sequence[str]) -> NDArray[np.intp]:
    """Position of each emotion in ``labels``."""
    codes: NDArray[np.intp] = pd.Index(labels).get_indexer(pd.Index(column))
    if (codes < 0).any():
        raise RunError(
            f"{column.name} holds {column.iloc[int(codes.argmin())]!r}, which is not among the "
            f"emotions {', '.join(labels)}; predictions.csv is of another corpus, or edited."
        )
    return codes
