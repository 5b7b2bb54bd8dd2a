"""Probabilities that somebody else's predictions have, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.audit.foreign.csv_file import CsvFile
from ser.audit.foreign.emotions import labels_for
from ser.errors import RunError
from ser.folds.formats import named
from ser.system.counted import counted

PREFIX = "p_"  # of columns of probabilities, unless another is given
CLOSE = 0.02  # by which probabilities that were rounded may miss 1


def probabilities(
    file: CsvFile,
    columns: Mapping[str, str | None],
    emotions: Mapping[str, str | None],
    labels: Sequence[str],
) -> pd.DataFrame | None:
    """Columns of probabilities in class order, where there are such.

    Args:
        file: Their predictions.
        columns: Column of each role; that of ``probabilities`` is what their headings begin with.
        emotions: Label of each word that is none itself.
        labels: Emotions of the corpus.

    Raises:
        ConfigError: If a heading names an emotion that the corpus does not have.
        RunError: If an emotion has no column, or numbers are no probabilities.
    """
    shares = headings(file, columns)
    if not shares and columns["probabilities"] is None:
        return None
    source = _sources(file, beginning(columns), shares, emotions, labels)
    table: pd.DataFrame = pd.DataFrame(
        {f"p_{label}": [_number(file, row[source[label]]) for row in file.rows] for label in labels}
    )
    _refuse_improper(file, table.to_numpy())
    return table


def headings(file: CsvFile, columns: Mapping[str, str | None]) -> dict[str, str]:
    """Column of probabilities by the word for an emotion in its heading; empty where none is.

    Args:
        file: Their predictions.
        columns: Column of each role.
    """
    prefix = beginning(columns)
    return {c.removeprefix(prefix): c for c in file.columns if c.startswith(prefix)}


def beginning(columns: Mapping[str, str | None]) -> str:
    """What the headings of probabilities begin with."""
    return columns["probabilities"] or PREFIX


def largest(shares: pd.DataFrame) -> list[str]:
    """Label whose probability is the largest in each line; of equal ones the first.

    Args:
        shares: Columns ``p_`` of labels.
    """
    return [str(column).removeprefix("p_") for column in shares.idxmax(axis=1)]


def _sources(
    file: CsvFile,
    prefix: str,
    shares: Mapping[str, str],
    emotions: Mapping[str, str | None],
    labels: Sequence[str],
) -> dict[str, str]:
    """Column of each label."""
    words = labels_for(shares, labels, emotions, f"columns {prefix}… of {file.path}")
    if sorted(words.values()) != sorted(labels):
        raise RunError(
            f"{file.path} has probabilities of {named(words.values()) or 'no emotion'}, and the "
            f"corpus has {', '.join(labels)}; give one column each, or name another "
            "columns.probabilities=…"
        )
    return {words[word]: column for word, column in shares.items()}


def _refuse_improper(file: CsvFile, values: NDArray[np.float64]) -> None:
    odd = ~(np.isfinite(values).all(1) & (values >= 0).all(1) & (abs(values.sum(1) - 1) < CLOSE))
    if odd.any():
        raise RunError(
            f"{file.path}: {counted(int(odd.sum()), 'line has', 'lines have')} probabilities that "
            f"are not between 0 and 1 with a sum of 1, such as {values[odd][0].round(3).tolist()}; "
            "give probabilities, or name another columns.probabilities=…"
        )


def _number(file: CsvFile, text: str) -> float:
    try:
        return float(text if file.separator == "," else text.replace(",", "."))
    except ValueError:
        return float("nan")
