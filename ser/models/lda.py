"""Linear discriminant analysis of vectors that have far more numbers than there are utterances."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model._base import LinearClassifierMixin

from ser.errors import ConfigError

FEWEST = 2  # classes
Vectors = NDArray[np.float64]


class LDA(LinearClassifierMixin, ClassifierMixin, BaseEstimator):  # type: ignore[misc] # untyped
    """Name the class whose mean is nearest, in a space where all classes spread alike.

    Directions in which utterances of one emotion differ, by speaker and by text above all, count
    the less the more they differ. Thousands of numbers of some hundred utterances span few
    directions; the others are given a part of the spread of these. Classes are equally likely
    beforehand, however many utterances each has.

    With fewer numbers than vectors the weights are those of scikit-learn's
    ``LinearDiscriminantAnalysis`` of the same ``shrinkage``; with more, it is the vectors whose
    products are solved for, which takes a fraction of a second where that takes minutes.

    Args:
        shrinkage: Part that equal spread in all directions has, over 0 up to 1; the rest is the
            spread that was measured. Equal spread is the mean of those directions in which the
            vectors of a class can differ.

    Attributes:
        classes_: The classes.
        coef_: Weights, one row a class; of two classes one row, for the second.
        intercept_: Bias, likewise.

    Raises:
        ConfigError: If ``shrinkage`` is out of its range.

    References:
        Friedman, "Regularized discriminant analysis", Journal of the American Statistical
        Association 84, 1989. https://doi.org/10.1080/01621459.1989.10478752
        Hatch, Kajarekar and Stolcke, "Within-class covariance normalization for SVM-based speaker
        recognition", Interspeech 2006. https://doi.org/10.21437/Interspeech.2006-183
    """

    def __init__(self, shrinkage: float = 0.4) -> None:
        if not 0 < shrinkage <= 1:
            raise ConfigError(f"shrinkage={shrinkage} must be over 0, and 1 at most.")
        self.shrinkage = shrinkage

    def fit(self, vectors: Vectors, classes: NDArray[Any]) -> LDA:
        """Fit to vectors.

        Args:
            vectors: One row an utterance.
            classes: Class of each.

        Raises:
            ValueError: If there are fewer than two classes.
        """
        self.classes_, place = np.unique(classes, return_inverse=True)
        if len(self.classes_) < FEWEST:
            raise ValueError(f"LDA needs {FEWEST} classes, and the vectors are of one.")
        self.n_features_in_ = vectors.shape[1]
        means = np.stack([vectors[place == i].mean(0) for i in range(len(self.classes_))])
        middle = means.mean(0)
        weight = self._weights(vectors - means[place], means - middle)
        bias = -(weight * (means + middle)).sum(1) / 2
        if len(self.classes_) == FEWEST:
            weight, bias = np.diff(weight, axis=0), np.diff(bias)
        self.coef_, self.intercept_ = weight, bias
        return self

    def _weights(self, spread: Vectors, means: Vectors) -> Vectors:
        """Product of the means and the inverse of the shrunken covariance within classes.

        Args:
            spread: What vectors differ by from the mean of their class.
            means: Mean of each class, less the mean of these.
        """
        rows, columns = spread.shape
        directions = max(min(rows - len(means), columns), 1)
        even = self.shrinkage * (np.square(spread).sum() / (rows * directions) or 1.0)
        part = (1 - self.shrinkage) / rows
        weights: Vectors
        if columns <= rows:
            weights = solve(_raised(part * spread.T @ spread, even), means.T, assume_a="pos").T
        else:
            inner = solve(_raised(part * spread @ spread.T, even), spread @ means.T, assume_a="pos")
            weights = (means - part * inner.T @ spread) / even
        return weights


def _raised(matrix: Vectors, by: float) -> Vectors:
    """Add a number to the diagonal of a matrix, in place."""
    matrix.flat[:: len(matrix) + 1] += by
    return matrix
