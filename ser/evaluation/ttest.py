"""The corrected resampled t-test over folds, and Holm's correction of a table of tests.

It takes the difference of each fold: would one *way of training* beat the other on other
training and test sets?

References:
    Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52, 2003.
    https://doi.org/10.1023/A:1024068626366

    Bouckaert and Frank, "Evaluating the replicability of significance tests for comparing
    learning algorithms", PAKDD 2004. https://doi.org/10.1007/978-3-540-24775-3_3

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (2), 1979. https://www.jstor.org/stable/4615733
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import nctdtrinc, stdtr, stdtrit

from ser.errors import ConfigError


@dataclass(frozen=True)
class CorrectedTest:
    """Outcome of the corrected resampled t-test.

    Args:
        difference: Mean over folds of the difference.
        standard_error: Its corrected standard error; nan for a single fold.
        t: ``difference / standard_error``.
        folds: Number of folds; the test has one degree of freedom less.
        p: Two-sided p value.
    """

    difference: float
    standard_error: float
    t: float
    folds: int
    p: float

    def detectable(self, alpha: float = 0.05, power: float = 0.8) -> float:
        """Smallest true difference that a test with this standard error would show.

        It is the difference at which the two-sided test at ``alpha`` comes out significant with
        probability ``power``, by the noncentral t distribution. For a table of ``m`` pairs,
        ``alpha / m`` gives the difference that is safe from Holm's correction.

        Args:
            alpha: Level of the test.
            power: Wanted probability to detect the difference.

        Raises:
            ConfigError: If not ``0 < alpha < power < 1``.

        References:
            Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed., 1988,
            chapter 2.
        """
        return smallest_difference(self.standard_error, self.folds - 1, alpha, power)


def smallest_difference(error: float, freedom: int, alpha: float, power: float) -> float:
    """Smallest true difference that a two-sided t-test would show.

    Args:
        error: Standard error of the difference.
        freedom: Degrees of freedom of the test.
        alpha: Level of the test.
        power: Wanted probability to detect the difference.

    Raises:
        ConfigError: If not ``0 < alpha < power < 1``.
    """
    if not 0 < alpha < power < 1:
        raise ConfigError(
            f"alpha={alpha}, power={power}: 0 < alpha < power < 1 is needed; "
            "0.05 and 0.8 are usual."
        )
    shift = nctdtrinc(freedom, 1 - power, stdtrit(freedom, 1 - alpha / 2))
    return float(shift * error)


def corrected_ttest(differences: ArrayLike, n_train: float, n_test: float) -> CorrectedTest:
    """Corrected resampled t-test of the differences of two models on ``k`` folds.

    Training sets of different folds overlap, so fold differences are correlated, and the
    ordinary t-test finds too much. Nadeau and Bengio put ``1/k + n_test/n_train`` for the
    ``1/k`` in the variance of the mean. It is derived for random splits; for cross-validation
    it is customary, not exact (Bouckaert and Frank, 2004).

    Args:
        differences: Difference of each fold, seeds averaged: a new seed is not a new split.
        n_train: Utterances that each fold is fitted on: without a validation side that was not
            trained on in the end, and an utterance with augmented copies once.
        n_test: Utterances in each test fold. For unequal folds give the means.

    Returns:
        The outcome; all but the difference is nan for a single fold, which has no variance.
        Equal folds (a model against itself) have p = 1.

    Raises:
        ConfigError: If ``n_train`` is not positive or ``n_test`` is negative.
    """
    if not (n_train > 0 and n_test >= 0):
        raise ConfigError(f"n_train={n_train}, n_test={n_test}: count the utterances of a fold.")
    values = np.asarray(differences, dtype=np.float64)
    folds, mean = len(values), float(values.mean())
    variance = float(values.var(ddof=1)) if folds > 1 else np.nan
    error = float(np.sqrt(variance * (1 / folds + n_test / n_train)))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = 0.0 if mean == error == 0 else float(np.divide(mean, error))
    return CorrectedTest(mean, error, t, folds, float(2 * stdtr(folds - 1, -abs(t))))


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm's step-down adjustment of p values; nan stays nan and does not count as a test.

    Example:
        >>> holm([0.01, 0.04, 0.03, 0.005]).round(3).tolist()
        [0.03, 0.06, 0.06, 0.02]
    """
    values = np.asarray(p, dtype=np.float64)
    order = values.argsort()[: np.isfinite(values).sum()]  # nan sorts last
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted = np.full_like(values, np.nan)
    adjusted[order] = np.maximum.accumulate(steps).clip(max=1)
    return adjusted
