"""Learning curves from the logs of a run: for diagnosis alone, no figure comes from them."""

from __future__ import annotations

import pandas as pd

from ser.runs.reading import Run

LOG = "csv/metrics.csv"


def curves_of(run: Run) -> pd.DataFrame:
    """Logged values of every finished cell, one row an epoch.

    Returns:
        Columns ``fold``, ``seed``, ``epoch`` and whatever was logged, such as ``train/loss``,
        ``val/loss`` and ``val/uar``; empty if there are no logs, as in kept evidence.
    """
    tables = []
    for cell in run.finished:
        path = cell.folder / LOG
        if path.exists() and path.stat().st_size:
            # Training and validation are logged on lines of their own: an epoch is put together.
            epochs = pd.read_csv(path).groupby("epoch").last().reset_index()
            tables.append(epochs.assign(fold=cell.fold, seed=cell.seed))
    whole: pd.DataFrame = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return whole
