"""What runs were trained with that name no value of a setting, since it came later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.runs.configuration import flatten, own_key

# Settings of a class, which stand first by its name, have another default today.
OF_CLASS = {"CNN.subtract_mean": True, "LSTMClassifier.subtract_mean": False}
BEFORE = {
    "data.duplicates": "together",
    "data.group_by_length": False,
    "cv.missing": "refuse",
    "features.modulations": False,
    "model.shares": "likeliest",
    "model.subtract_mean": False,
}


def value_of(key: str, settings: Mapping[str, Any]) -> Any:
    """Value of a setting, also of one that the settings do not name.

    Args:
        key: Dotted key.
        settings: Dotted keys of a run and their values.
    """
    group, _, word = key.rpartition(".")
    kind = str(settings.get(f"{group}._target_")).rpartition(".")[2]
    before = OF_CLASS.get(f"{kind}.{word}", BEFORE.get(own_key(key)))
    return before if settings.get(key) is None else settings[key]


def lacking(config: Mapping[str, Any]) -> dict[str, bool]:
    """Settings with another default today that a configuration does not name, by dotted key.

    Args:
        config: Configuration of a run.
    """
    flat, found = flatten(config), {}
    for key, target in flat.items():
        group, _, last = key.rpartition(".")
        for of_class, value in OF_CLASS.items():
            kind, _, word = of_class.partition(".")
            if last == "_target_" and str(target).rpartition(".")[2] == kind:
                found[f"{group}.{word}"] = value
    return {key: value for key, value in found.items() if key not in flat}
