"""What a figure is, and the figures there are: every table of the house iterates over these.

A figure is a function of sums over predictions. For most, the sums are the confusion matrix;
those that judge probabilities name the terms they add up. Either way one vectorised function
serves a run, its folds, its speakers and thousands of bootstrap resamples.

Means over emotions are taken over those that occur in the truth: a false alarm for an emotion
that does not occur already costs the recall of the emotion it was taken for.

References:
    Schuller et al., "The INTERSPEECH 2009 emotion challenge", Interspeech 2009 (UAR).
    https://doi.org/10.21437/Interspeech.2009-103

    Forman and Scholz, "Apples-to-apples in cross-validation studies", SIGKDD Explorations
    12 (1), 2010 (why counts are pooled before an F1 is taken).
    https://doi.org/10.1145/1882471.1882479

    Brodersen et al., "The balanced accuracy and its posterior distribution", ICPR 2010.
    https://doi.org/10.1109/ICPR.2010.764
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.evaluation.calibration import calibration_error, calibration_terms
from ser.evaluation.confusions import count, ratio
from ser.evaluation.likelihood import log_loss, log_loss_terms
from ser.runs.predictions import labels_of

Sums = NDArray[Any]


@dataclass(frozen=True)
class Figure:
    """A number that judges predictions.

    Args:
        name: Key in files and on the command line.
        heading: What it is called in a table.
        function: Turns sums into the figure: ``(..., *terms)`` to ``(...)``.
        range: Smallest and largest value.
        reference: Where it is defined.
        terms: What each prediction adds to the sums, ``(predictions, *terms)``; counts of truth
            against prediction, ``(emotions, emotions)``, if None.
        higher_is_better: Which direction is better.
        compact: Whether tables of 80 columns show it.
        percent: Whether it is a share, shown in percent.
    """

    name: str
    heading: str
    function: Callable[[Sums], NDArray[np.float64]]
    range: tuple[float, float]
    reference: str
    terms: Callable[[pd.DataFrame], NDArray[np.float64]] | None = None
    higher_is_better: bool = True
    compact: bool = False
    percent: bool = True

    def sums(
        self,
        predictions: pd.DataFrame,
        part: NDArray[np.integer],
        parts: int,
        labels: Sequence[str] | None = None,
    ) -> Sums:
        """Add up what the figure is computed from, in each part of a table.

        Args:
            predictions: Table of predictions.
            part: Position of the part that each row belongs to.
            parts: Number of parts.
            labels: Order of the emotions; that of the corpus if None.

        Shape:
            - part: ``(predictions,)``
            - output: ``(parts, *terms)``
        """
        if self.terms is None:
            return count(predictions, part, parts, labels)
        terms = self.terms(predictions)
        total = np.zeros((parts, *terms.shape[1:]))
        np.add.at(total, part, terms)
        return total

    def better(self, one: float, other: float) -> bool:
        """Whether one value is better than another."""
        return one > other if self.higher_is_better else one < other

    @property
    def unit(self) -> str:
        """What belongs behind a value: a sign of percent, or nothing."""
        return "%" if self.percent else ""

    def shown(self, value: float, digits: int = 1) -> str:
        """Write a value without its unit; a dash for nan.

        Args:
            value: Value, a share for a figure in percent.
            digits: Digits behind the point of a percentage; other figures have two more.
        """
        if np.isnan(value):
            return "–"
        return f"{100 * value:.{digits}f}" if self.percent else f"{value:.{digits + 2}f}"


def uar(matrices: Sums) -> NDArray[np.float64]:
    """Unweighted average recall: the mean of the recalls of the emotions."""
    right, support = np.diagonal(matrices, axis1=-2, axis2=-1), matrices.sum(-1)
    recall = ratio(right, support, absent=0)
    return ratio(recall.sum(-1), (support > 0).sum(-1))


def accuracy(matrices: Sums) -> NDArray[np.float64]:
    """Share of right predictions; the weighted accuracy, WA, of the field."""
    right, support = np.diagonal(matrices, axis1=-2, axis2=-1), matrices.sum(-1)
    return ratio(right.sum(-1), support.sum(-1))


def weighted_f1(matrices: Sums) -> NDArray[np.float64]:
    """Mean of the F1 of the emotions, weighted by how often each occurs."""
    support = matrices.sum(-1)
    return ratio((_f1(matrices) * support).sum(-1), support.sum(-1))


def macro_f1(matrices: Sums) -> NDArray[np.float64]:
    """Unweighted mean of the F1 of the emotions."""
    return ratio(_f1(matrices).sum(-1), (matrices.sum(-1) > 0).sum(-1))


def figures_for(predictions: pd.DataFrame) -> list[Figure]:
    """List the figures that a table has the columns for; without probabilities there are fewer."""
    judged = bool(labels_of(predictions))
    return [figure for figure in FIGURES.values() if judged or figure.terms is None]


def compact_figures() -> list[Figure]:
    """List the figures that narrow tables show."""
    return [figure for figure in FIGURES.values() if figure.compact]


def _f1(matrices: Sums) -> NDArray[np.float64]:
    """F1 of each emotion; 0 for one that does not occur: ``(..., emotions)``."""
    right = np.diagonal(matrices, axis1=-2, axis2=-1)
    support, predicted = matrices.sum(-1), matrices.sum(-2)
    return np.where(support > 0, ratio(2 * right, support + predicted, absent=0), 0)


SHARE = (0.0, 1.0)
F1 = "Forman and Scholz, 2010"
FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("uar", "UAR", uar, SHARE, "Schuller et al., 2009", compact=True),
        Figure("accuracy", "accuracy", accuracy, SHARE, "Brodersen et al., 2010", compact=True),
        Figure("weighted_f1", "weighted F1", weighted_f1, SHARE, F1, compact=True),
        Figure("macro_f1", "macro F1", macro_f1, SHARE, F1),
        Figure(
            "calibration_error",
            "calibration error",
            calibration_error,
            SHARE,
            "Guo et al., 2017",
            terms=calibration_terms,
            higher_is_better=False,
        ),
        Figure(
            "log_loss",
            "log loss",
            log_loss,
            (0.0, float("inf")),
            "Good, 1952",
            terms=log_loss_terms,
            higher_is_better=False,
            percent=False,
        ),
    )
}
