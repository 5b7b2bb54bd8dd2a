"""Bootstrap intervals of pooled figures, from the table of predictions alone.

Utterances of one speaker are alike, so an interval over utterances answers only "what if other
sentences of these speakers had been recorded?". An interval over speakers answers the question
of most readers, "what of speakers that nobody has recorded yet?", and is mostly wider; it does so
only where the folds keep speakers apart. Whatever belongs to one utterance (augmented copies,
repeated seeds) is drawn together: a copy is no new evidence. The trained networks are held fixed:
no interval here tells what another training set would change (Bengio and Grandvalet, 2004), and
``ser.evaluation.figures.spread`` shows what another seed changes.

References:
    Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, chapter 13
    (percentile interval).

    Davison and Hinkley, "Bootstrap Methods and their Application", Cambridge University Press
    1997, section 3.8 (resampling whole clusters).

    Bengio and Grandvalet, "No unbiased estimator of the variance of k-fold cross-validation",
    JMLR 5, 2004. https://www.jmlr.org/papers/v5/grandvalet04a.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from ser.errors import ConfigError, RunError
from ser.evaluation.figures import FIGURES, confusions_by, scores

UNITS = {"utterance": "id", "speaker": "speaker"}
# Cameron and Miller (2015, section I) put the border of "few" between 20 and 50 clusters of equal
# size; below 20 a percentile interval that says 95 % covers less than 93 % (see ``coverage``).
FEW_CLUSTERS = 20


@dataclass(frozen=True)
class Interval:
    """A pooled figure and the interval that resampling gives it.

    Args:
        estimate: Figure of all predictions together.
        low: Lower end.
        high: Upper end.
        unit: What was drawn with replacement: ``"utterance"`` or ``"speaker"``.
        clusters: How many utterances or speakers there are to draw from.
        resamples: How many times they were drawn.
        level: Coverage that the interval aims at.
        expanded: Whether the percentiles were moved outwards to make up for few clusters.
        incomplete: Resamples in which an emotion did not occur; their UAR and macro F1 are
            means over fewer emotions. Distrust the interval if these are many.

    References:
        Cameron and Miller, "A practitioner's guide to cluster-robust inference", Journal of
        Human Resources 50 (2), 2015. https://doi.org/10.3368/jhr.50.2.317

        Hesterberg, "What teachers should know about the bootstrap", The American Statistician
        69 (4), 2015. https://doi.org/10.1080/00031305.2015.1089789
    """

    estimate: float
    low: float
    high: float
    unit: str
    clusters: int
    resamples: int
    level: float = 0.95
    expanded: bool = False
    incomplete: int = 0

    @property
    def too_few(self) -> bool:
        """Whether so few clusters (under 20) were drawn that the interval is not to be trusted.

        A percentile interval is then too narrow; an expanded one has about the right width,
        but a handful of speakers says little about the tails of all speakers.
        """
        return self.clusters < FEW_CLUSTERS

    @property
    def coverage(self) -> float:
        """How often an interval like this one holds the true value, by normal theory.

        The bootstrap spread of a mean of ``n`` clusters is ``sqrt((n - 1) / n)`` of its standard
        error, and percentiles stand in for Student's t (Hesterberg, 2015): 0.90 instead of 0.95
        for 10 speakers of equal size.
        """
        if self.expanded:
            return self.level
        shrunk = ndtri((1 + self.level) / 2) * np.sqrt((self.clusters - 1) / self.clusters)
        return float(2 * stdtr(self.clusters - 1, shrunk) - 1)


def intervals(
    predictions: pd.DataFrame,
    unit: str = "speaker",
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    expanded: bool = False,
) -> dict[str, Interval]:
    """Percentile bootstrap intervals of every pooled figure, from the same resamples.

    Args:
        predictions: Table with columns ``id``, ``speaker``, ``truth`` and ``prediction``.
        unit: What is drawn with replacement: ``"utterance"`` or ``"speaker"``.
        level: Coverage that the interval aims at, between 0 and 1.
        resamples: How many times to draw.
        seed: Equal seeds give equal intervals, whatever the order of the rows.
        expanded: Move the percentiles outwards so that a mean of few clusters is covered as
            often as ``level`` says (Hesterberg, 2015).

    Raises:
        ConfigError: If ``unit``, ``level`` or ``resamples`` is not allowed.
        RunError: If there are fewer than two clusters, or a prediction has none.
    """
    counts = cluster_counts(predictions, unit)
    whole, clusters = counts.sum(0), len(counts)
    sums = resample(counts, resamples, seed)
    estimates, draws = scores(whole), scores(sums)
    found = {}
    for name, estimate in estimates.items():
        low, high = ends_of(draws[name], level, clusters, expanded=expanded)
        facts = (unit, clusters, resamples, level, expanded, incomplete_of(sums, whole))
        found[name] = Interval(float(estimate), low, high, *facts)
    return found


def interval(
    predictions: pd.DataFrame, figure: str = "uar", unit: str = "speaker", **options: Any
) -> Interval:
    """Percentile bootstrap interval of one pooled figure; ``options`` are those of ``intervals``.

    Raises:
        ConfigError: If ``figure`` is unknown, or as ``intervals`` does.
        RunError: As ``intervals`` does.

    Example:
        >>> table = pd.DataFrame({"id": list("abcd"), "truth": ["joy", "joy", "fear", "fear"]})
        >>> found = interval(table.assign(prediction=["joy"] * 4), "accuracy", "utterance")
        >>> found.estimate, found.low, found.high, found.too_few
        (0.5, 0.0, 1.0, True)
    """
    refuse_unknown("figure", figure, FIGURES)
    return intervals(predictions, unit, **options)[figure]


def cluster_counts(
    predictions: pd.DataFrame, unit: str, labels: Sequence[str] | None = None
) -> NDArray[np.int64]:
    """Confusion matrix of each utterance or speaker, in the order of their names.

    Args:
        predictions: Table with columns ``id``, ``speaker``, ``truth`` and ``prediction``.
        unit: ``"utterance"`` or ``"speaker"``.
        labels: Order of the emotions; that of the corpus if None.

    Shape:
        - output: ``(clusters, emotions, emotions)``

    Raises:
        ConfigError: If ``unit`` is unknown.
        RunError: If there are fewer than two clusters, or a prediction has none.
    """
    refuse_unknown("unit", unit, UNITS)
    counts = confusions_by(predictions, UNITS[unit], labels)[1]
    if len(counts) < 2:  # noqa: PLR2004 - the least that can differ
        raise RunError(
            f"there is {len(counts)} {unit} in this table, and resampling needs two at least; "
            "run more folds, or resample utterances."
        )
    return counts


def resample(counts: NDArray[np.int64], resamples: int, seed: int) -> NDArray[np.float64]:
    """Sum as many clusters as there are, drawn with replacement, many times over.

    Clusters with equal counts are interchangeable, so kinds of clusters are drawn, with
    multinomial weights: thousands of utterances are a few dozen kinds of truth and prediction.

    Args:
        counts: Counts of each cluster.
        resamples: How many times to draw.
        seed: Seed of the draws.

    Shape:
        - counts: ``(clusters, ...)``
        - output: ``(resamples, ...)``

    Raises:
        ConfigError: If ``resamples`` is below 1.
    """
    if resamples < 1:
        raise ConfigError(f"resamples={resamples} is not positive; 2000 are usual.")
    clusters = len(counts)
    kinds, copies = np.unique(counts.reshape(clusters, -1), axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(clusters, copies / clusters, resamples)
    # In float64, which BLAS multiplies; counts this small stay exact.
    sums: NDArray[np.float64] = drawn.astype(np.float64) @ kinds.astype(np.float64)
    return sums.reshape(resamples, *counts.shape[1:])


def ends_of(
    draws: NDArray[np.float64], level: float, clusters: int, *, expanded: bool
) -> tuple[float, float]:
    """Both ends of the percentile interval of some draws.

    Raises:
        ConfigError: If ``level`` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ConfigError(f"level={level} is not between 0 and 1; 0.95 is usual.")
    tail = (1 - level) / 2
    if expanded:
        tail = float(ndtr(np.sqrt(clusters / (clusters - 1)) * stdtrit(clusters - 1, tail)))
    low, high = np.quantile(draws, (tail, 1 - tail))
    return float(low), float(high)


def incomplete_of(sums: NDArray[np.float64], whole: NDArray[np.int64]) -> int:
    """Number of resamples that lack an emotion which the whole table has."""
    emotions = (whole.sum(-1) > 0).sum(-1)
    return int(((sums.sum(-1) > 0).sum(-1) < emotions).sum())


def refuse_unknown(name: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a choice that does not exist.

    Raises:
        ConfigError: If ``value`` is not among ``allowed``.
    """
    if value not in (choices := list(allowed)):
        raise ConfigError(f"{name}={value} is unknown; choose one of {', '.join(choices)}.")
