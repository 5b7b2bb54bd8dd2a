"""How much probability the truth was given: log loss, a proper scoring rule.

References:
    Good, "Rational decisions", Journal of the Royal Statistical Society B 14 (1), 1952.
    https://doi.org/10.1111/j.2517-6161.1952.tb00104.x
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.evaluation.confusions import ratio
from ser.runs.predictions import labels_of

LEAST = 5e-7  # predictions.csv keeps six digits: what is written as 0 may be this much


def log_loss_terms(predictions: pd.DataFrame) -> NDArray[np.float64]:
    """Negative logarithm of what the truth was given, in nats, and a one to count it by.

    Args:
        predictions: Table with ``truth`` and the ``p_`` columns.

    Shape:
        - output: ``(predictions, 2)``
    """
    labels = list(labels_of(predictions))
    shares = predictions[[f"p_{label}" for label in labels]].to_numpy(np.float64)
    truth = pd.Index(labels).get_indexer(pd.Index(predictions["truth"]))
    given = shares[np.arange(len(shares)), truth].clip(min=LEAST)
    return np.column_stack([-np.log(given), np.ones(len(given))])


def log_loss(sums: NDArray[Any]) -> NDArray[np.float64]:
    """Mean negative log probability of the truth, in nats; 0 is perfect.

    Shape:
        - sums: ``(..., 2)``
        - output: ``(...)``
    """
    return ratio(sums[..., 0], sums[..., 1])
