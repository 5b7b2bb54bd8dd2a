"""Ranges of the numbers that networks are built with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ser.errors import ConfigError

SHARES = ("label_smoothing",)
FROM_ZERO = ("learning_rate", "weight_decay", "adam_eps")
SIZES = {"num_classes": 2.0, "num_features": 1.0, "num_frames": 1.0}
OF_OURS: Mapping[str, float] = {"penalty_weight": 0, "dropout": 0, "input_dropout": 0}
UP_TO_ONE = (*SHARES, "input_dropout")


def check_numbers(settings: Mapping[str, Any], *, ours: bool) -> None:
    """Refuse numbers that no training can be done with.

    Args:
        settings: Constructor arguments of a network, by name.
        ours: Whether it is one of this package, whose further arguments are known.

    Raises:
        ConfigError: If one is not finite, or out of its range.
    """
    least = dict.fromkeys((*SHARES, *FROM_ZERO), 0.0) | SIZES
    if ours:
        least |= OF_OURS
    given = {name: settings[name] for name in least.keys() & settings.keys()}
    for name in (name for name, value in given.items() if value is not None):
        value, most = float(settings[name]), 1.0 if name in UP_TO_ONE else math.inf
        if not (least[name] <= value <= most and math.isfinite(value)):
            low = f"{least[name]:g}"
            rule = f"from {low} to {most:g}" if math.isfinite(most) else f"{low} or more"
            raise ConfigError(f"{name}={settings[name]} must be {rule}; correct it.")
