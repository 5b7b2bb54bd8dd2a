"""Dealing whole groups to folds, so that each fold gets the emotions in their share.

``RandomState`` is used because its stream never changes, and whole numbers are compared, so that
equal arguments give equal folds on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
DRAWS = 64  # random dealings that the most even one is taken from


def deal(groups: Sequence[str], emotions: Sequence[str], count: int, seed: int) -> Indices:
    """Deal whole groups to ``count`` folds, equally many to each, emotions spread evenly.

    Args:
        groups: Group of each item.
        emotions: Emotion, or other stratum, of each item.
        count: Number of folds.
        seed: Seed of the dealings.

    Returns:
        Fold of each item.
    """
    return _deal(tuple(groups), tuple(emotions), count, seed)


@lru_cache(maxsize=16)  # every fold of a regime asks for the same dealing
def _deal(groups: tuple[str, ...], emotions: tuple[str, ...], count: int, seed: int) -> Indices:
    member, counts = count_by_group(groups, emotions)
    draw = np.random.RandomState(seed)
    seats = np.arange(len(counts)) % count
    dealings = np.stack([seats[draw.permutation(len(seats))] for _ in range(DRAWS)])
    chosen: Indices = dealings[_unevenness(counts, dealings, count).argmin()][member]
    chosen.flags.writeable = False
    return chosen


def count_by_group(
    groups: Sequence[str], emotions: Sequence[str]
) -> tuple[Indices, NDArray[np.int64]]:
    """Position of the group of each item, and items by group and emotion."""
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    strata, stratum = np.unique(np.asarray(emotions), return_inverse=True)
    counts = np.zeros((len(names), len(strata)), dtype=np.int64)
    np.add.at(counts, (member, stratum), 1)
    return member, counts


def _unevenness(counts: NDArray[np.int64], dealings: Indices, folds: int) -> NDArray[np.int64]:
    """Squared distance from equal shares of each dealing; a rare stratum weighs as much.

    Whole numbers only, so that every machine finds the same dealing the most even one.
    """
    sums = np.zeros((len(dealings), folds, counts.shape[1]), dtype=np.int64)
    np.add.at(sums, (np.arange(len(dealings))[:, None], dealings), counts)
    totals = counts.sum(0)
    distance = ((folds * sums - totals) ** 2).sum(1) * (totals.sum() // totals)
    return np.asarray(distance.sum(1))
