"""The chance of an estimator of scikit-learn, and of all that it is built of, comes from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


def draw_from(estimator: Any, seed: int) -> None:
    """Give a seed to an estimator and to those within it, such as the steps of a pipeline.

    Args:
        estimator: Any estimator; seeds that it has are kept.
        seed: Seed of all others.
    """
    lacking = [name for name, value in estimator.get_params().items() if value is None]
    seeds = [name for name in lacking if name.rpartition("__")[2] == "random_state"]
    estimator.set_params(**dict.fromkeys(seeds, seed))


@contextmanager
def common_chance(seed: int) -> Iterator[None]:
    """Seed what NumPy draws for everybody, and put it back where it was.

    Splitters and functions within an estimator draw from it, and are no parameters with a seed.
    """
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)
