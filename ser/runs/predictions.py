"""Tables of predictions: what was predicted, the truth, the prediction, the probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from numpy.typing import NDArray

from ser.errors import RunError
from ser.runs.cell import Cell
from ser.runs.kept import done_cells
from ser.runs.layout import KEPT, PREDICTIONS, VALIDATION

if TYPE_CHECKING:
    from ser.corpora.row import Row

TEXT = ("id", "view", "speaker", "truth", "prediction")


def tabulate(
    probabilities: NDArray[Any], rows: Sequence[Row], labels: Sequence[str], cell: Cell
) -> pd.DataFrame:
    """Put probabilities beside what they are of; the most probable emotion is the prediction.

    Args:
        probabilities: Probability of each emotion.
        rows: What was predicted.
        labels: Emotions in class order.
        cell: Fold and seed.

    Shape:
        - probabilities: ``(rows, emotions)``
    """
    shares = pd.DataFrame(probabilities, columns=[f"p_{name}" for name in labels])
    table = pd.DataFrame(
        {
            "id": [row.id for row in rows],
            "view": [row.view for row in rows],
            "speaker": [row.speaker for row in rows],
            "fold": cell.fold,
            "seed": cell.seed,
            "truth": [row.emotion for row in rows],
            "prediction": [labels[i] for i in shares.to_numpy().argmax(axis=1)],
        }
    )
    whole: pd.DataFrame = pd.concat([table, shares], axis=1)
    return whole


def stamped(predictions: pd.DataFrame, stamp: str) -> pd.DataFrame:
    """Say in each line of a table under which protocol it came about; nothing reads it back.

    Args:
        predictions: Table that ``tabulate`` gives.
        stamp: What to say; where it is empty, the table stays as it is.
    """
    return predictions.assign(protocol=stamp) if stamp else predictions


def to_csv(predictions: pd.DataFrame) -> str:
    """Text of a table of predictions; probabilities keep six digits."""
    text: str = predictions.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    return text


def from_csv(path: Path) -> pd.DataFrame:
    """Table of predictions; ids such as ``03`` stay text."""
    return pd.read_csv(path, dtype=dict.fromkeys(TEXT, str))


def labels_of(predictions: pd.DataFrame) -> Sequence[str]:
    """Emotions in class order, from the columns of probabilities."""
    return [c.removeprefix("p_") for c in predictions.columns if c.startswith("p_")]


def read_predictions(run: Path) -> pd.DataFrame:
    """Predictions of every cell of a run that is done, in the order of folds and seeds.

    Kept evidence has them in one table; a run has them in its cells.

    Raises:
        RunError: If no cell is done.
    """
    tables = [cell / PREDICTIONS for cell in done_cells(run)]
    if not tables:
        raise RunError(f"no finished fold in {run}; run ser.train first.")
    if not any(table.exists() for table in tables):
        tables = [run / PREDICTIONS]
    return pd.concat([from_csv(table) for table in tables], ignore_index=True)


def read_validation(run: Path) -> pd.DataFrame | None:
    """Predictions of the validation sides of every cell that is done; None if there are none."""
    folders = [run] if (run / KEPT).exists() else done_cells(run)
    tables = [folder / VALIDATION for folder in folders]
    found = [from_csv(table) for table in tables if table.exists()]
    return pd.concat(found, ignore_index=True) if found else None
