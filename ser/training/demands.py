"""What a configuration must have, and what its own settings may be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from ser.corpora.cache import place
from ser.errors import ConfigError, likely
from ser.system.hints import fits, named, words_of

GROUPS = ("data", "features", "cv", "protocol", "augment", "trainer", "model")

OWN: Mapping[str, Any] = {
    "fold": int | str,
    "seed": int,
    "output": str,
    "name": str | None,
    "title": str | None,
    "early_stopping": int,
    "refit": bool | str | None,
    "ensemble": int | None,
    "snapshots": float,
    "retry": bool,
    "code": str | None,
    "shuffle_labels": bool,
}
RANGES: Mapping[str, tuple[float, float]] = {
    "seed": (0, 2**32 - 1),
    "early_stopping": (0, math.inf),
    "snapshots": (0, math.inf),
    "permutations": (1, math.inf),
    "close": (0, 1),
    "near_silent": (-math.inf, 0),
    "clipped": (1, math.inf),
}
BESIDE = ("logger", "normalise", "hydra")  # what a configuration may hold beside groups and these


def refuse_missing(config: Any) -> None:
    """Refuse a configuration without a group or a setting that every training needs.

    Raises:
        ConfigError: If one was deleted, as ``~model`` does.
    """
    for group in GROUPS:
        if config.get(group) is None:
            raise ConfigError(
                f"~{group} or {group}=null leaves out {group}, which every training needs; choose "
                f"one of conf/{group}, as python -m ser.train --help lists them."
            )
    for key in OWN:
        if key not in config:
            raise ConfigError(f"~{key} leaves out what every training reads; give {key} a value.")


def refuse_unknown(config: Mapping[str, Any], own: Iterable[str] = OWN) -> None:
    """Refuse what no command reads, as ``+sed=3``; names that begin with ``_`` are anybody's.

    Args:
        config: Configuration of the command.
        own: Its own settings, those of ``ser.train`` by default.

    Raises:
        ConfigError: If there is such a key.
    """
    if "test_data" in config:
        raise ConfigError(
            "test_data=each, or with several corpora, makes a job of each, which needs a sweep: "
            "pass -m, or name one corpus."
        )
    known = [*own, *GROUPS, *BESIDE]
    for key in map(str, config):
        if key not in known and not key.startswith("_"):
            raise ConfigError(
                f"{key} is no setting here{likely(key, known)}; leave it out, or write it "
                f"as _{key} where other settings refer to it."
            )


def check_own(config: Mapping[str, Any], types: Mapping[str, Any] = OWN) -> None:
    """Refuse settings of a command itself that are of another type than theirs.

    Args:
        config: Configuration of the command.
        types: Their types, those of ``ser.train`` by default.

    Raises:
        ConfigError: If one is; names the key, the value and the rule.
    """
    for key, kind in types.items():
        if key in config:
            _check(key, config[key], kind)


def _check(key: str, value: Any, kind: Any) -> None:
    if not fits(value, kind):
        raise unfit(key, value, kind)
    low, high = RANGES.get(key, (-math.inf, math.inf))
    if isinstance(value, int | float) and not low <= value <= high:
        raise outside(key, value, low, high)
    if key == "output" and value is not None:
        if value == "":
            raise ConfigError("output= is empty; name a folder, as output=runs.")
        place(key, value)


def refuse_no_fold(fold: int | str) -> None:
    """Refuse a fold that is neither all, nor a number, or each of them without a sweep.

    Raises:
        ConfigError: If it is not.
    """
    if fold == "each":
        raise ConfigError(
            "fold=each makes one job of each fold, which needs a sweep: pass -m, or fold=all to go "
            "through all folds in this process."
        )
    if fold != "all" and (isinstance(fold, str) or fold < 0):
        raise ConfigError(
            f"fold={fold} must be all, or the number of a fold, counted from 0"
            f"{likely(fold, ('all', 'each'))}; correct it."
        )


def unfit(key: str, value: Any, kind: Any) -> ConfigError:
    """Say that a setting is of another type than it must be.

    Args:
        key: The setting.
        value: What it is.
        kind: What it must be.
    """
    shown = json.dumps(value, default=str, ensure_ascii=False)
    numeric = type(value) in (bool, int, float) and fits("", kind)
    rule = named(kind) + (f""" (in a shell: {key}='"{value}"')""" if numeric else "")
    return ConfigError(f"{key}={shown} must be {rule}{likely(value, words_of(kind))}; correct it.")


def outside(key: str, value: float, low: float, high: float = math.inf) -> ConfigError:
    """Say that a number is outside of its range.

    Args:
        key: The setting.
        value: What it is.
        low: The least that it may be.
        high: The most that it may be.
    """
    least = [f"{low} or more"] if math.isfinite(low) else []
    most = [f"at most {high}"] if math.isfinite(high) else []
    return ConfigError(f"{key}={value} must be {' and '.join([*least, *most])}; correct it.")
