"""What runs were trained with that name no value of a setting, since it came later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.models import history
from ser.runs.configuration import flatten, own_key

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
    if settings.get(key) is not None:
        return settings[key]
    group, _, word = key.rpartition(".")
    of_class = _of_class(settings.get(f"{group}._target_"))
    return of_class.get(word, BEFORE.get(own_key(key)))


def lacking(config: Mapping[str, Any]) -> dict[str, bool | int]:
    """Settings with another default today that a configuration does not name, by dotted key.

    Args:
        config: Configuration of a run.
    """
    flat = flatten(config)
    found: dict[str, bool | int] = {}
    for key, target in flat.items():
        group, _, last = key.rpartition(".")
        if last == "_target_":
            found |= {f"{group}.{word}": value for word, value in _of_class(target).items()}
    return {key: value for key, value in found.items() if key not in flat}


def _of_class(target: object) -> Mapping[str, bool | int]:
    return history.BEFORE.get(str(target).rpartition(".")[2], {})
