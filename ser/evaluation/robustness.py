"""Figures of the answers to other recordings of the same utterances."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ser.evaluation.figures import figures
from ser.runs.robustness import KEYS, ORIGINAL


def robustness(answers: pd.DataFrame) -> pd.DataFrame:
    """Judge each recording, over all folds and seeds together.

    Args:
        answers: As ``ser.runs.robustness.write_answers`` takes them.

    Returns:
        A row for each recording, in order: ``answers``, ``accuracy``, ``uar``, and ``stays``, the
        share of answers that are those to the recording as it is. A recording that could not be
        made has 0 answers, and nan.
    """
    base = answers[answers["recording"] == ORIGINAL].set_index(KEYS)["prediction"]
    rows = {
        name: _judged(table.set_index(KEYS), base)
        for name, table in answers.groupby("recording", sort=False)
    }
    judged: pd.DataFrame = pd.DataFrame.from_dict(rows, orient="index")
    return judged


def _judged(table: pd.DataFrame, base: pd.Series[str]) -> dict[str, float]:
    given = table[table["prediction"] != ""]
    if given.empty:
        return {"answers": 0, "accuracy": np.nan, "uar": np.nan, "stays": np.nan}
    truth, prediction = given.index.get_level_values("truth").tolist(), given["prediction"].tolist()
    found = figures(truth, prediction)
    stays = float((given["prediction"] == base.loc[given.index]).mean())
    return {
        "answers": len(given),
        "accuracy": found["accuracy"],
        "uar": found["uar"],
        "stays": stays,
    }
