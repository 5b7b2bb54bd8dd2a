"""Tables of predictions: what was predicted, the truth, the prediction, the probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.errors import RunError, TrainingError, storage_errors
from ser.runs.cell import Cell

if TYPE_CHECKING:
    from ser.corpora.row import Row

TEXT = ("id", "view", "speaker", "truth", "prediction")
COLUMNS = (*TEXT, "fold", "seed")


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

    Raises:
        TrainingError: If a probability is not finite.
    """
    refuse_unsound(
        probabilities,
        rows,
        ("the probabilities", "utterances"),
        "what was trained is of no use. Check the features, or lower the learning rate.",
    )
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


def averaged(tables: Sequence[pd.DataFrame], shares: NDArray[Any] | None = None) -> pd.DataFrame:
    """Average the probabilities of several tables of the same rows; the prediction follows them.

    Args:
        tables: Tables that ``tabulate`` gives.
        shares: Share of each table; None for equal ones.
    """
    labels = labels_of(tables[0])
    columns = [f"p_{label}" for label in labels]
    values = [table[columns].to_numpy(np.float64) for table in tables]
    mean = np.average(values, axis=0, weights=shares)
    table: pd.DataFrame = tables[0].copy()
    table[columns] = mean
    table["prediction"] = [labels[i] for i in mean.argmax(axis=1)]
    return table


def stamped(predictions: pd.DataFrame, stamp: str) -> pd.DataFrame:
    """Say in each line of a table under which protocol it came about; nothing reads it back.

    Args:
        predictions: Table of predictions, or of what follows from them.
        stamp: What to say; where it is empty, the table stays as it is.
    """
    return predictions.assign(protocol=stamp) if stamp else predictions


def of_originals(predictions: pd.DataFrame) -> pd.DataFrame:
    """Predictions of utterances as they are, without those of copies."""
    originals: pd.DataFrame = predictions[predictions["view"] == "original"]
    return originals


def refuse_unsound(
    values: NDArray[Any], rows: Sequence[Row], words: tuple[str, str], remedy: str
) -> None:
    """Refuse numbers that are not finite.

    Args:
        values: Numbers of each row.
        rows: What they are of.
        words: What the numbers are, and what the rows are.
        remedy: What to do about it.

    Shape:
        - values: ``(rows, numbers)``

    Raises:
        TrainingError: If a number is not finite; names the first row that has one.
    """
    unsound = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(unsound):
        what, whose = words
        raise TrainingError(
            f"{what} of {len(unsound)} of {len(values)} {whose} are not finite, those of "
            f"{rows[unsound[0]].id} first; {remedy}"
        )


def to_csv(predictions: pd.DataFrame) -> str:
    """Text of a table of predictions; probabilities keep six digits."""
    text: str = predictions.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    return text


def from_csv(source: Path | BytesIO) -> pd.DataFrame:
    """Table of predictions; ids such as ``03`` and speakers such as ``NA`` stay text."""
    return pd.read_csv(source, dtype=dict.fromkeys(TEXT, str), keep_default_na=False)


def read_table(path: Path) -> pd.DataFrame:
    """Read a table of predictions that lies outside of a run.

    Raises:
        RunError: If it is no such table.
        StorageError: If it cannot be read.
    """
    remedy = "pass a table like the predictions.csv of a run."
    try:
        with storage_errors(path):
            table = from_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise RunError(f"{path} is no table of predictions; {remedy}") from error
    if lacking := set(COLUMNS) - set(table.columns):
        raise RunError(f"{path} lacks the columns {', '.join(sorted(lacking))}; {remedy}")
    return table


def labels_of(predictions: pd.DataFrame) -> Sequence[str]:
    """Emotions in class order, from the columns of probabilities."""
    return [c.removeprefix("p_") for c in predictions.columns if c.startswith("p_")]
