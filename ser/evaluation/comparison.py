"""Compare runs on the same folds, from their tables of predictions alone.

Two questions are asked of each pair. The corrected t-test takes the difference of each fold:
would one *way of training* beat the other on other training and test sets? The bootstrap takes
the pooled difference and draws utterances or speakers: would these *trained networks* differ on
other utterances, or on other speakers? A table of pairs is corrected for its length, and says
how large a difference it could have shown at all.

References:
    Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52, 2003.
    https://doi.org/10.1023/A:1024068626366

    Bouckaert and Frank, "Evaluating the replicability of significance tests for comparing
    learning algorithms", PAKDD 2004. https://doi.org/10.1007/978-3-540-24775-3_3

    Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, chapters 13
    and 15.

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (2), 1979. https://www.jstor.org/stable/4615733
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import nctdtrinc, ndtri, stdtr, stdtrit

from ser.errors import ConfigError, RunError
from ser.evaluation.figures import FIGURES, class_set, confusions_by, scores
from ser.evaluation.intervals import (
    Interval,
    cluster_counts,
    ends_of,
    incomplete_of,
    refuse_unknown,
    resample,
)
from ser.runs.predictions import labels_of

# What a prediction is of: equal in both runs, or they were not asked the same questions.
KEYS = ["fold", "seed", "id", "view", "speaker", "truth"]
SHOWN = 5
COLUMNS = [
    *("a", "b", "pooled_a", "pooled_b", "difference", "low", "high"),
    *("bootstrap_p", "bootstrap_p_holm", "clusters", "too_few", "incomplete"),
    *("folds", "fold_difference", "standard_error", "t", "ttest_p", "ttest_p_holm", "detectable"),
]


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
        if not 0 < alpha < power < 1:
            raise ConfigError(
                f"alpha={alpha}, power={power}: 0 < alpha < power < 1 is needed; "
                "0.05 and 0.8 are usual."
            )
        freedom = self.folds - 1
        shift = nctdtrinc(freedom, 1 - power, stdtrit(freedom, 1 - alpha / 2))
        return float(shift * self.standard_error)


@dataclass(frozen=True)
class PairedBootstrap:
    """Outcome of the paired bootstrap.

    Args:
        interval: Pooled difference, the first run minus the second, and its interval.
        p: Two-sided p value; agrees with the interval on whether 0 is excluded, but for
            borderline cases, where the added one in ``p`` is the more careful.
    """

    interval: Interval
    p: float


def corrected_ttest(differences: ArrayLike, n_train: float, n_test: float) -> CorrectedTest:
    """Corrected resampled t-test of the differences of two models on ``k`` folds.

    Training sets of different folds overlap, so fold differences are correlated, and the
    ordinary t-test finds too much. Nadeau and Bengio put ``1/k + n_test/n_train`` for the
    ``1/k`` in the variance of the mean. It is derived for random splits; for cross-validation
    it is customary, not exact (Bouckaert and Frank, 2004).

    Args:
        differences: Difference of each fold, seeds averaged: a new seed is not a new split.
        n_train: Utterances that each fold is fitted on: without the validation side, and an
            utterance with augmented copies once.
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


def fold_differences(a: pd.DataFrame, b: pd.DataFrame, figure: str = "uar") -> pd.Series[float]:
    """Figure of ``a`` minus figure of ``b`` in each fold, averaged over the seeds of the fold.

    An emotion that a fold lacks is missing from both runs alike, for their truth is the same.

    Args:
        a: Predictions of the first run.
        b: Predictions of the second.
        figure: One of ``ser.evaluation.figures.FIGURES``.

    Raises:
        ConfigError: If ``figure`` is unknown.
        RunError: If the runs differ in folds, seeds, emotions or utterances.
    """
    refuse_unknown("figure", figure, FIGURES)
    refuse_unpaired({"a": a, "b": b})
    difference: pd.Series[float] = _by_fold(a, figure) - _by_fold(b, figure)
    difference.name = "difference"
    return difference


def paired_bootstrap(
    a: pd.DataFrame,
    b: pd.DataFrame,
    figure: str = "uar",
    unit: str = "speaker",
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    expanded: bool = False,
) -> PairedBootstrap:
    """Interval and p value of the pooled difference, both runs drawn alike.

    The p value is the interval turned round: twice the smaller share of resamples on either side
    of 0, a tie counting for both, with one added so that it is never 0 (Davison and Hinkley,
    1997, chapter 4). It is therefore as trustful with few speakers as the interval is.

    Args:
        a: Predictions of the first run.
        b: Predictions of the second.
        figure: One of ``ser.evaluation.figures.FIGURES``.
        unit: What is drawn with replacement: ``"utterance"`` or ``"speaker"``.
        level: Coverage that the interval aims at.
        resamples: How many times to draw; no p value is below ``2 / (resamples + 1)``.
        seed: Seed of the draws.
        expanded: Make up for few clusters, in the interval (see ``ser.evaluation.intervals``)
            and, by the same correspondence of normal and t quantiles, in the p value.

    Raises:
        ConfigError: If an argument is not allowed.
        RunError: If the runs differ in folds, seeds, emotions or utterances, or have fewer than
            two clusters.
    """
    refuse_unknown("figure", figure, FIGURES)
    runs = {"a": a, "b": b}
    refuse_unpaired(runs)
    options: dict[str, Any] = {
        "level": level,
        "resamples": resamples,
        "seed": seed,
        "expanded": expanded,
    }
    return _bootstrap(_counts(runs, unit), figure, unit, **options)


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


def compare(
    runs: Mapping[str, pd.DataFrame],
    figure: str = "uar",
    *,
    n_train: int | Mapping[int, int],
    unit: str = "speaker",
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
    expanded: bool = False,
    alpha: float = 0.05,
    power: float = 0.8,
) -> pd.DataFrame:
    """Compare every pair of some runs on the same folds.

    Args:
        runs: Tables of predictions by name, with columns ``id``, ``view``, ``speaker``,
            ``fold``, ``seed``, ``truth`` and ``prediction``.
        figure: One of ``ser.evaluation.figures.FIGURES``.
        n_train: Utterances that each fold is fitted on (see ``corrected_ttest``): one number,
            or one for each fold, whose mean is taken. ``folds.json`` of a run has them.
        unit: What the bootstrap draws: ``"utterance"`` or ``"speaker"``.
        level: Coverage that the interval aims at.
        resamples: How many times to draw. More than for one interval, for Holm multiplies the
            smallest p value there can be.
        seed: Seed of the draws.
        expanded: Make up for few clusters (see ``paired_bootstrap``).
        alpha: Level for ``detectable``.
        power: Power for ``detectable``.

    Returns:
        A row for each pair ``a``, ``b``. Pooled: ``pooled_a``, ``pooled_b``, ``difference``, its
        interval ``low`` to ``high``, ``bootstrap_p``, ``bootstrap_p_holm``, the ``clusters``,
        whether they are ``too_few``, and the ``incomplete`` resamples (see ``Interval``). Over
        folds: ``folds``, ``fold_difference``, ``standard_error``, ``t``, ``ttest_p``,
        ``ttest_p_holm``, and the smallest ``detectable`` difference.

    Raises:
        ConfigError: If an argument is not allowed.
        RunError: If there are fewer than two runs, if two differ in folds, seeds, emotions or
            utterances, or if ``n_train`` lacks a fold.
    """
    refuse_unknown("figure", figure, FIGURES)
    refuse_unpaired(runs)
    sizes = _sizes(next(iter(runs.values())), n_train)
    folds = [_by_fold(table, figure) for table in runs.values()]
    counts = _counts(runs, unit)
    pooled = scores(counts.sum(0))[figure]
    options: dict[str, Any] = {
        "level": level,
        "resamples": resamples,
        "seed": seed,
        "expanded": expanded,
    }
    rows = []
    for (i, a), (j, b) in combinations(enumerate(runs), 2):
        test = corrected_ttest(folds[i] - folds[j], *sizes)
        drawn = _bootstrap(counts[:, [i, j]], figure, unit, **options)
        names = {"a": a, "b": b, "pooled_a": pooled[i], "pooled_b": pooled[j]}
        rows.append(names | _row(drawn, test, test.detectable(alpha, power)))
    pairs = pd.DataFrame(rows)
    for name in ("bootstrap_p", "ttest_p"):
        pairs[f"{name}_holm"] = holm(pairs[name])
    table: pd.DataFrame = pairs[COLUMNS]
    return table


def refuse_unpaired(runs: Mapping[str, pd.DataFrame]) -> None:
    """Refuse to compare runs that were not asked the same questions.

    Raises:
        RunError: If there are fewer than two runs, or if one differs from the first in folds,
            seeds, emotions or utterances; says which.
    """
    if len(runs) < 2:  # noqa: PLR2004 - a pair
        raise RunError(f"{len(runs)} run given, and a comparison needs two; finish another run.")
    (first, one), *others = runs.items()
    for name, other in others:
        for what, left, right in _facts(one, other):
            if not left.equals(right):
                raise RunError(_difference(what, {first: left, name: right}))


def _facts(a: pd.DataFrame, b: pd.DataFrame) -> Iterator[tuple[str, pd.Index[Any], pd.Index[Any]]]:
    """What must be equal, sorted, from the coarse to the fine."""
    for what in ("fold", "seed"):
        yield f"{what}s", *(pd.Index(sorted(run[what].unique())) for run in (a, b))
    yield "emotions", *(pd.Index(sorted(labels_of(run))) for run in (a, b))
    yield "predictions", *(pd.MultiIndex.from_frame(run[KEYS]).sort_values() for run in (a, b))


def _difference(what: str, sides: Mapping[str, pd.Index[Any]]) -> str:
    """Say which folds, seeds, emotions or predictions one run has and the other lacks."""
    (first, left), (second, right) = sides.items()
    parts = []
    for name, extra in ((first, left.difference(right)), (second, right.difference(left))):
        shown = [_words(item) for item in extra[:SHOWN]]
        if shown:
            more = f" and {len(extra) - SHOWN} more" if len(extra) > SHOWN else ""
            parts.append(f"{', '.join(shown)}{more} only in {name}")
    found = "; ".join(parts) or f"{len(left)} in {first}, {len(right)} in {second}, some twice"
    return (
        f"{first} and {second} do not have the same {what}: {found}. Compare finished runs of "
        "one corpus with equal cv, protocol and seeds."
    )


def _words(item: Any) -> str:
    """Name a fold, seed or emotion, or one prediction by its keys."""
    if not isinstance(item, tuple):
        return str(item)
    fold, seed, name, view, speaker, truth = item
    return f"{name} ({view}, fold {fold}, seed {seed}, speaker {speaker}, {truth})"


def _by_fold(predictions: pd.DataFrame, figure: str) -> pd.Series[float]:
    """Figure of each fold, averaged over its seeds."""
    keys, counts = confusions_by(predictions, ["fold", "seed"])
    cells = pd.Series(scores(counts)[figure], index=keys)
    means: pd.Series[float] = cells.groupby(level="fold").mean()
    return means


def _sizes(predictions: pd.DataFrame, n_train: int | Mapping[int, int]) -> tuple[float, float]:
    """Mean number of utterances that a fold is fitted and tested on."""
    tested = predictions.groupby("fold")["id"].nunique()
    if not isinstance(n_train, Mapping):
        return n_train, float(tested.mean())
    lacking = [str(fold) for fold in tested.index if fold not in n_train]
    if lacking:
        raise RunError(f"n_train lacks fold {', '.join(lacking)}; count train in its folds.json.")
    return float(np.mean([n_train[fold] for fold in tested.index])), float(tested.mean())


def _counts(runs: Mapping[str, pd.DataFrame], unit: str) -> NDArray[np.int64]:
    """Confusion matrices of the clusters of all runs: ``(clusters, runs, emotions, emotions)``."""
    labels = list(dict.fromkeys(name for table in runs.values() for name in class_set(table)))
    return np.stack([cluster_counts(table, unit, labels) for table in runs.values()], axis=1)


def _bootstrap(
    counts: NDArray[np.int64],
    figure: str,
    unit: str,
    *,
    level: float,
    resamples: int,
    seed: int,
    expanded: bool,
) -> PairedBootstrap:
    """Bootstrap the difference of two runs: ``(clusters, 2, emotions, emotions)``."""
    whole, clusters = counts.sum(0), len(counts)
    sums = resample(counts, resamples, seed)
    found = [scores(matrices)[figure] for matrices in (whole, sums)]
    estimate, draws = (pair[..., 0] - pair[..., 1] for pair in found)
    low, high = ends_of(draws, level, clusters, expanded=expanded)
    facts = (unit, clusters, resamples, level, expanded, incomplete_of(sums[:, 0], whole[0]))
    p = _two_sided(draws, clusters, expanded=expanded)
    return PairedBootstrap(Interval(float(estimate), low, high, *facts), p)


def _two_sided(draws: NDArray[np.float64], clusters: int, *, expanded: bool) -> float:
    """Two-sided p value of no difference."""
    tie = 1e-12  # rounding of a difference of two equal figures
    beyond = min(int((draws <= tie).sum()), int((draws >= -tie).sum()))
    tail = min(0.5, (beyond + 1) / (len(draws) + 1))
    if expanded:
        tail = stdtr(clusters - 1, np.sqrt((clusters - 1) / clusters) * ndtri(tail))
    return float(2 * tail)


def _row(drawn: PairedBootstrap, test: CorrectedTest, detectable: float) -> dict[str, Any]:
    """Both outcomes under the names of the columns of the table."""
    found = drawn.interval
    return {
        "difference": found.estimate,
        "low": found.low,
        "high": found.high,
        "bootstrap_p": drawn.p,
        "clusters": found.clusters,
        "too_few": found.too_few,
        "incomplete": found.incomplete,
        "folds": test.folds,
        "fold_difference": test.difference,
        "standard_error": test.standard_error,
        "t": test.t,
        "ttest_p": test.p,
        "detectable": detectable,
    }
