"""A row whose answers are the mean of those of others: fusion of what was trained apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reproduce.board.row import REGIMES, Row
from ser.errors import RunError

Tables = Mapping[tuple[str, str], pd.DataFrame]  # by row and regime

ASKED = ["id", "view", "speaker", "fold", "seed", "truth"]


def means(tables: Tables, rows: Sequence[Row]) -> dict[tuple[str, str], pd.DataFrame]:
    """Predictions of the rows that average others, under each regime that all of these have.

    Args:
        tables: Predictions of the other rows.
        rows: Rows of the board.

    Raises:
        RunError: If the averaged rows were not asked the same, at the same seeds.
    """
    found = {}
    for row in rows:
        for cv in REGIMES:
            parts = {name: tables[name, cv] for name in row.mean if (name, cv) in tables}
            if row.mean and len(parts) == len(row.mean):
                found[row.name, cv] = _mean(parts)
    return found


def _mean(parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    chances = [name for name in next(iter(parts.values())) if name.startswith("p_")]
    groups = pd.concat(parts.values()).groupby(ASKED, sort=False)[chances]
    if (groups.size() != len(parts)).any():
        raise RunError(
            f"{' and '.join(parts)} were not asked the same at the same seeds; train them "
            "anew with python -m reproduce board --rows NAME, or average others."
        )
    mean = groups.mean().reset_index()
    best = mean[chances].idxmax(axis=1).str.removeprefix("p_")
    mean.insert(len(ASKED), "prediction", best)
    return mean
