"""Draw whole utterances or speakers with replacement, many times over.

Whatever belongs to one utterance (augmented copies, repeated seeds) is drawn together: a copy is
no new evidence.

References:
    Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, chapter 13
    (percentile interval).

    Davison and Hinkley, "Bootstrap Methods and their Application", Cambridge University Press
    1997, section 3.8 (resampling whole clusters).

    Cameron, Gelbach and Miller, "Bootstrap-based improvements for inference with clustered
    errors", Review of Economics and Statistics 90 (3), 2008.
    https://doi.org/10.1162/rest.90.3.414
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from ser.errors import ConfigError, RunError, check_choice
from ser.evaluation.confusions import parts_of
from ser.evaluation.figure import Figure

UNITS = {"utterance": "id", "speaker": "speaker"}

# Fewer clusters give no interval. Of n clusters, one resample in n**n draws the lowest alone: with
# two to four that is more often than a widened 95 % interval leaves out at an end, so that its ends
# are the lowest and the highest cluster, whatever they are. Inference from few clusters is studied
# from five upwards (Cameron, Gelbach and Miller, 2008).
LEAST = 5

BLOCK = 2**22  # weights that are drawn at once; 32 MiB


def clusters_of(predictions: pd.DataFrame, unit: str) -> tuple[NDArray[np.intp], int]:
    """Divide a table into utterances or speakers, in the order of their names.

    Args:
        predictions: Table with columns ``id`` and ``speaker``.
        unit: ``"utterance"`` or ``"speaker"``.

    Returns:
        The position of the cluster that each row belongs to, and the number of clusters.

    Raises:
        ConfigError: If ``unit`` is unknown.
        RunError: If there are fewer than five clusters, or a prediction has none.
    """
    check_choice("unit", unit, UNITS)
    keys, part = parts_of(predictions, UNITS[unit])
    if len(keys) < LEAST:
        number = f"is {len(keys)} {unit}" if len(keys) == 1 else f"are {len(keys)} {unit}s"
        raise RunError(
            f"there {number} in this table, and resampling needs at least {LEAST}; "
            "run more folds, or resample utterances."
        )
    return part, len(keys)


def cluster_sums(
    predictions: pd.DataFrame, figure: Figure, unit: str, labels: Sequence[str] | None = None
) -> NDArray[Any]:
    """Add up what a figure is computed from, for each utterance or speaker.

    Args:
        predictions: Table of predictions.
        figure: Figure to compute later.
        unit: ``"utterance"`` or ``"speaker"``.
        labels: Order of the emotions; that of the corpus if None.

    Shape:
        - output: ``(clusters, *terms)``

    Raises:
        ConfigError: If ``unit`` is unknown.
        RunError: If there are fewer than five clusters, or a prediction has none.
    """
    return figure.sums(predictions, *clusters_of(predictions, unit), labels)


def resample(sums: NDArray[Any], resamples: int, seed: int) -> NDArray[np.float64]:
    """Add up as many clusters as there are, drawn with replacement, many times over.

    Clusters with equal counts are interchangeable, so kinds of clusters are drawn, with
    multinomial weights: thousands of utterances are a few dozen kinds of truth and prediction.
    Sums of probabilities are mostly unlike, and are drawn one by one.

    Args:
        sums: Counts, or sums of other terms, of each cluster.
        resamples: How many times to draw.
        seed: Seed of the draws.

    Shape:
        - sums: ``(clusters, ...)``
        - output: ``(resamples, ...)``

    Raises:
        ConfigError: If ``resamples`` is below 1.
    """
    if resamples < 1:
        raise ConfigError(f"resamples={resamples} is not positive; 2000 are usual.")
    clusters, flat = len(sums), sums.reshape(len(sums), -1)
    kinds, shares = flat, np.full(clusters, 1 / clusters)
    if np.issubdtype(sums.dtype, np.integer):
        kinds, copies = np.unique(flat, axis=0, return_counts=True)
        shares = copies / clusters
    draws = np.random.default_rng(seed)
    block = max(1, BLOCK // len(kinds))
    drawn = [
        # In float64, which BLAS multiplies; counts this small stay exact.
        draws.multinomial(clusters, shares, min(block, resamples - begun)).astype(np.float64)
        @ kinds.astype(np.float64)
        for begun in range(0, resamples, block)
    ]
    whole: NDArray[np.float64] = np.concatenate(drawn)
    return whole.reshape(resamples, *sums.shape[1:])


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


def incomplete_of(sums: NDArray[np.float64], whole: NDArray[Any], figure: Figure) -> int:
    """Number of resamples that lack an emotion which the whole table has.

    Only a mean over emotions changes its meaning by that; for figures of probabilities it is 0.
    """
    if figure.terms is not None:
        return 0
    emotions = (whole.sum(-1) > 0).sum(-1)
    return int(((sums.sum(-1) > 0).sum(-1) < emotions).sum())
