"""Bootstrap intervals of pooled figures, from the table of predictions alone.

Utterances of one speaker are alike, so an interval over utterances answers only "what if other
sentences of these speakers had been recorded?". An interval over speakers answers the question
of most readers, "what of speakers whom nobody has recorded yet?", and is mostly wider; it does so
only where the folds keep speakers apart. The networks stay as they were trained: no interval here
says how much another training set would change (Bengio and Grandvalet, 2004), and
``ser.evaluation.figures.spread`` shows what another seed changes.

References:
    Bengio and Grandvalet, "No unbiased estimator of the variance of k-fold cross-validation",
    JMLR 5, 2004. https://www.jmlr.org/papers/v5/grandvalet04a.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr

from ser.errors import check_choice
from ser.evaluation.figure import FIGURES, Figure, figures_for
from ser.evaluation.resampling import clusters_of, ends_of, incomplete_of, resample

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
            means over fewer emotions. If there are many, do not trust the interval.

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
        RunError: If there are fewer than five clusters, or a prediction has none.
    """
    part, clusters = clusters_of(predictions, unit)
    found = {}
    for figure, sums, draws in _drawn(predictions, part, clusters, resamples, seed):
        low, high = ends_of(figure.function(draws), level, clusters, expanded=expanded)
        whole = sums.sum(0)
        missing = incomplete_of(draws, whole, figure)
        facts = (unit, clusters, resamples, level, expanded, missing)
        found[figure.name] = Interval(float(figure.function(whole)), low, high, *facts)
    return {name: found[name] for name in FIGURES if name in found}


def interval(
    predictions: pd.DataFrame, figure: str = "uar", unit: str = "speaker", **options: Any
) -> Interval:
    """Percentile bootstrap interval of one pooled figure; ``options`` are those of ``intervals``.

    Raises:
        ConfigError: If ``figure`` is unknown, or as ``intervals`` does.
        RunError: As ``intervals`` does.

    Example:
        >>> table = pd.DataFrame({"id": list("abcdef"), "truth": ["joy", "fear"] * 3})
        >>> found = interval(table.assign(prediction="joy"), "accuracy", "utterance")
        >>> found.estimate, found.low, found.high, found.too_few
        (0.5, 0.16666666666666666, 0.8333333333333334, True)
    """
    check_choice("figure", figure, FIGURES)
    return intervals(predictions, unit, **options)[figure]


def _drawn(
    predictions: pd.DataFrame, part: NDArray[np.intp], clusters: int, resamples: int, seed: int
) -> Iterator[tuple[Figure, NDArray[Any], NDArray[np.float64]]]:
    """Give every figure its sums over each cluster and over each resample, all drawn alike."""
    figures = figures_for(predictions)
    sums = {f.name: f.sums(predictions, part, clusters) for f in figures}
    counted = [figure for figure in figures if figure.terms is None]
    draws = resample(sums[counted[0].name], resamples, seed)
    for figure in counted:
        yield figure, sums[figure.name], draws
    judged = [figure for figure in figures if figure.terms is not None]
    flat = [sums[figure.name].reshape(clusters, -1) for figure in judged]
    if judged:
        borders = np.cumsum([each.shape[1] for each in flat])[:-1]
        parts = np.split(resample(np.hstack(flat), resamples, seed), borders, axis=1)
        for figure, drawn in zip(judged, parts, strict=True):
            whole = sums[figure.name]
            yield figure, whole, drawn.reshape(resamples, *whole.shape[1:])
