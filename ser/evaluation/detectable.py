"""How large a difference predictions could show at all, before anybody looks for one.

References:
    Connor, "Sample size for testing differences in proportions for the paired-sample design",
    Biometrics 43 (1), 1987. https://doi.org/10.2307/2531961
"""

from __future__ import annotations

import math

from scipy.special import ndtri, stdtrit

from ser.evaluation.intervals import Interval
from ser.evaluation.ttest import smallest_difference


def detectable(found: Interval, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest true difference that a paired interval as wide as this one would show.

    Args:
        found: Expanded interval of a difference.
        alpha: Level of the test.
        power: Wanted probability to detect the difference.

    Raises:
        ConfigError: If not ``0 < alpha < power < 1``.
    """
    freedom = found.clusters - 1
    half = (found.high - found.low) / 2
    error = half / stdtrit(freedom, (1 + found.level) / 2)
    return smallest_difference(error, freedom, alpha, power)


def detectable_accuracy(
    disagreement: float, utterances: int, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Smallest difference in accuracy that McNemar's test would show; nan where none can be.

    It takes utterances for independent. Those of one speaker are alike, so that over speakers
    the difference has to be larger.

    Args:
        disagreement: Share of utterances that one of the two has right and the other wrong.
        utterances: Number of utterances.
        alpha: Level of the test.
        power: Wanted probability to detect the difference.

    Example:
        >>> round(detectable_accuracy(0.2, 535), 3)
        0.054
    """
    a, b = ndtri(1 - alpha / 2), ndtri(power)
    squared = b**2 * disagreement * (utterances - a**2 + b**2)
    if squared < 0:
        return math.nan
    found = (a * math.sqrt(utterances * disagreement) + math.sqrt(squared)) / (utterances + b**2)
    return float(found) if found <= disagreement else math.nan
