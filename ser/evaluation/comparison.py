"""Compare runs on the same folds, from their tables of predictions alone.

Two questions are asked of each pair: that of ``ser.evaluation.ttest``, of ways of training, and
that of ``ser.evaluation.paired``, of trained networks. A table of pairs is corrected for its
length, and says how large a difference it could have shown at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ser.errors import RunError, check_choice
from ser.evaluation.confusions import parts_of
from ser.evaluation.figure import FIGURES, Figure
from ser.evaluation.paired import PairedBootstrap, bootstrap_of, paired_sums
from ser.evaluation.pairing import refuse_unpaired
from ser.evaluation.ttest import CorrectedTest, corrected_ttest, holm

COLUMNS = [
    *("a", "b", "pooled_a", "pooled_b", "difference", "better", "low", "high"),
    *("bootstrap_p", "bootstrap_p_holm", "clusters", "too_few", "incomplete"),
    *("folds", "fold_difference", "standard_error", "t", "ttest_p", "ttest_p_holm", "detectable"),
]


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
    check_choice("figure", figure, FIGURES)
    refuse_unpaired({"a": a, "b": b})
    difference: pd.Series[float] = _by_fold(a, FIGURES[figure]) - _by_fold(b, FIGURES[figure])
    difference.name = "difference"
    return difference


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
        A row for each pair ``a``, ``b``. Pooled: ``pooled_a``, ``pooled_b``, ``difference``, the
        name of the ``better`` run (empty for equals; a lower log loss is better), the interval
        ``low`` to ``high``, ``bootstrap_p``, ``bootstrap_p_holm``, the ``clusters``, whether they
        are ``too_few``, and the ``incomplete`` resamples (see ``Interval``). Over folds:
        ``folds``, ``fold_difference``, ``standard_error``, ``t``, ``ttest_p``, ``ttest_p_holm``,
        and the smallest ``detectable`` difference.

    Raises:
        ConfigError: If an argument is not allowed.
        RunError: If there are fewer than two runs, if two differ in folds, seeds, emotions or
            utterances, if there are fewer than ``LEAST`` clusters, or if ``n_train`` lacks a fold.
    """
    check_choice("figure", figure, FIGURES)
    refuse_unpaired(runs)
    sizes = _sizes(next(iter(runs.values())), n_train)
    judge = FIGURES[figure]
    folds = [_by_fold(table, judge) for table in runs.values()]
    sums = paired_sums(runs, judge, unit)
    pooled = judge.function(sums.sum(0))
    options: dict[str, Any] = {
        "level": level,
        "resamples": resamples,
        "seed": seed,
        "expanded": expanded,
    }
    rows = []
    for (i, a), (j, b) in combinations(enumerate(runs), 2):
        test = corrected_ttest(folds[i] - folds[j], *sizes)
        drawn = bootstrap_of(sums[:, [i, j]], judge, unit, **options)
        names = {"a": a, "b": b, "pooled_a": pooled[i], "pooled_b": pooled[j]}
        names["better"] = _better(judge, {a: pooled[i], b: pooled[j]})
        rows.append(names | _row(drawn, test, test.detectable(alpha, power)))
    pairs = pd.DataFrame(rows)
    for name in ("bootstrap_p", "ttest_p"):
        pairs[f"{name}_holm"] = holm(pairs[name])
    table: pd.DataFrame = pairs[COLUMNS]
    return table


def _by_fold(predictions: pd.DataFrame, figure: Figure) -> pd.Series[float]:
    """Figure of each fold, averaged over its seeds."""
    keys, part = parts_of(predictions, ["fold", "seed"])
    values = figure.function(figure.sums(predictions, part, len(keys)))
    means: pd.Series[float] = pd.Series(values, index=keys).groupby(level="fold").mean()
    return means


def _better(figure: Figure, pooled: Mapping[str, float]) -> str:
    (a, one), (b, other) = pooled.items()
    return a if figure.better(one, other) else b if figure.better(other, one) else ""


def _sizes(predictions: pd.DataFrame, n_train: int | Mapping[int, int]) -> tuple[float, float]:
    """Mean number of utterances that a fold is fitted and tested on."""
    tested = predictions.groupby("fold")["id"].nunique()
    if not isinstance(n_train, Mapping):
        return n_train, float(tested.mean())
    lacking = [str(fold) for fold in tested.index if fold not in n_train]
    if lacking:
        raise RunError(
            f"n_train lacks fold {', '.join(lacking)}; count the rows of train in folds.json."
        )
    return float(np.mean([n_train[fold] for fold in tested.index])), float(tested.mean())


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
