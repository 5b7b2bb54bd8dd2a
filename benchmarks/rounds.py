"""Time several ways to do one thing in turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping

Times = dict[str, list[float]]


def in_turns(ways: Mapping[str, Callable[[], object]], rounds: int, warm: int = 1) -> Times:
    """Seconds of each way in each round; every round begins with another one.

    A way that returns a float has timed itself.

    Args:
        ways: What to time, by name.
        rounds: Rounds that count.
        warm: Rounds before them that do not.
    """
    names = list(ways)
    times: Times = {name: [] for name in names}
    for number in range(-warm, rounds):
        shift = number % len(names)
        for name in [*names[shift:], *names[:shift]]:
            seconds = _timed(ways[name])
            if number >= 0:
                times[name].append(seconds)
    return times


def ratios(times: Times, of: str, to: str) -> list[float]:
    """Ratio of two ways in each round: what slowed the machine then slowed both."""
    return [a / b for a, b in zip(times[of], times[to], strict=True)]


def medians(times: Times, scale: float = 1.0) -> dict[str, float]:
    """Median of each way, times ``scale``."""
    return {name: scale * statistics.median(values) for name, values in times.items()}


def _timed(way: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    found = way()
    return found if isinstance(found, float) else time.perf_counter() - begin
