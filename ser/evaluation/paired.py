"""The paired bootstrap of a pooled difference, both runs drawn alike.

It draws utterances or speakers: would these *trained networks* differ on other utterances, or on
other speakers?

References:
    Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, chapters 13
    and 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from ser.errors import check_choice
from ser.evaluation.confusions import class_set
from ser.evaluation.figure import FIGURES, Figure
from ser.evaluation.intervals import Interval
from ser.evaluation.pairing import refuse_unpaired
from ser.evaluation.resampling import cluster_sums, ends_of, incomplete_of, resample


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
            ``LEAST`` clusters.
    """
    check_choice("figure", figure, FIGURES)
    runs = {"a": a, "b": b}
    refuse_unpaired(runs)
    options: dict[str, Any] = {
        "level": level,
        "resamples": resamples,
        "seed": seed,
        "expanded": expanded,
    }
    return bootstrap_of(paired_sums(runs, FIGURES[figure], unit), FIGURES[figure], unit, **options)


def paired_sums(runs: Mapping[str, pd.DataFrame], figure: Figure, unit: str) -> NDArray[Any]:
    """Add up what a figure is computed from, for each cluster and run.

    Args:
        runs: Tables of predictions by name.
        figure: Figure to compute later.
        unit: ``"utterance"`` or ``"speaker"``.

    Shape:
        - output: ``(clusters, runs, *terms)``
    """
    labels = list(dict.fromkeys(name for table in runs.values() for name in class_set(table)))
    tables = [cluster_sums(table, figure, unit, labels) for table in runs.values()]
    return np.stack(tables, axis=1)


def bootstrap_of(
    sums: NDArray[Any],
    figure: Figure,
    unit: str,
    *,
    level: float,
    resamples: int,
    seed: int,
    expanded: bool,
) -> PairedBootstrap:
    """Bootstrap the difference of two runs from what ``paired_sums`` gives.

    Shape:
        - sums: ``(clusters, 2, *terms)``
    """
    whole, clusters = sums.sum(0), len(sums)
    drawn = resample(sums, resamples, seed)
    estimates, draws = figure.function(whole), figure.function(drawn)
    estimate, differences = estimates[0] - estimates[1], draws[:, 0] - draws[:, 1]
    low, high = ends_of(differences, level, clusters, expanded=expanded)
    missing = incomplete_of(drawn[:, 0], whole[0], figure)
    facts = (unit, clusters, resamples, level, expanded, missing)
    p = _two_sided(differences, clusters, expanded=expanded)
    return PairedBootstrap(Interval(float(estimate), low, high, *facts), p)


def _two_sided(draws: NDArray[np.float64], clusters: int, *, expanded: bool) -> float:
    """Two-sided p value of no difference."""
    tie = 1e-12  # rounding of a difference of two equal figures
    beyond = min(int((draws <= tie).sum()), int((draws >= -tie).sum()))
    tail = min(0.5, (beyond + 1) / (len(draws) + 1))
    if expanded:
        tail = stdtr(clusters - 1, np.sqrt((clusters - 1) / clusters) * ndtri(tail))
    return float(2 * tail)
