"""Whether probabilities mean what they say: reliability bins and expected calibration error.

References:
    Guo et al., "On calibration of modern neural networks", ICML 2017, section 2.
    https://proceedings.mlr.press/v70/guo17a.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.evaluation.confusions import ratio
from ser.runs.predictions import labels_of

BINS = 15  # as in Guo et al.


@dataclass(frozen=True)
class Reliability:
    """Predictions in bins of equal width by confidence, the probability of the predicted emotion.

    Args:
        edges: Borders of the bins; a bin holds its upper border.
        count: Predictions in each bin.
        confidence: Mean confidence in each bin; nan for an empty one.
        accuracy: Share of right predictions in each bin; nan for an empty one.
        error: Expected calibration error: mean gap between confidence and accuracy, each bin
            weighted by its count; 0 is perfect.

    Shape:
        - edges: ``(bins + 1,)``
        - count, confidence, accuracy: ``(bins,)``
    """

    edges: NDArray[np.float64]
    count: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    error: float


def reliability(predictions: pd.DataFrame, bins: int = BINS) -> Reliability:
    """Compare confidence with accuracy, bin by bin.

    Args:
        predictions: Table with ``truth``, ``prediction`` and the ``p_`` columns.
        bins: Number of bins between 0 and 1.
    """
    place, confidence, right = _placed(predictions, bins)
    count = np.bincount(place, minlength=bins)
    sums = [np.bincount(place, weights=values, minlength=bins) for values in (confidence, right)]
    error = np.abs(sums[0] - sums[1]).sum() / max(len(predictions), 1)
    means = [ratio(total, count) for total in sums]
    return Reliability(np.linspace(0, 1, bins + 1), count, means[0], means[1], float(error))


def calibration_terms(predictions: pd.DataFrame) -> NDArray[np.float64]:
    """Confidence less success in the bin of each prediction, and a one to count it by.

    Args:
        predictions: Table with ``truth``, ``prediction`` and the ``p_`` columns.

    Shape:
        - output: ``(predictions, bins + 1)``
    """
    place, confidence, right = _placed(predictions, BINS)
    terms = np.zeros((len(predictions), BINS + 1))
    terms[np.arange(len(terms)), place] = confidence - right
    terms[:, BINS] = 1
    return terms


def calibration_error(sums: NDArray[Any]) -> NDArray[np.float64]:
    """Expected calibration error from the gap that each bin adds up to.

    A gap of chance counts as well, so a resample, which is noisier than the table it was drawn
    from, has a somewhat larger error.

    Shape:
        - sums: ``(..., bins + 1)``
        - output: ``(...)``
    """
    return ratio(np.abs(sums[..., :BINS]).sum(-1), sums[..., BINS])


def _placed(
    predictions: pd.DataFrame, bins: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Bin, confidence and success of each prediction."""
    shares = predictions[[f"p_{label}" for label in labels_of(predictions)]].to_numpy(np.float64)
    confidence = shares.max(axis=1)
    right = (predictions["truth"] == predictions["prediction"]).to_numpy(np.float64)
    edges = np.linspace(0, 1, bins + 1)
    return (
        np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1),
        confidence,
        right,
    )
