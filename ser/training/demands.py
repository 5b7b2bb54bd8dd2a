"""What a configuration must have, and what its own settings may be."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ser.errors import ConfigError, likely
from ser.storage import place
from ser.system.hints import choices, fits, named

GROUPS = ("data", "features", "cv", "protocol", "augment", "trainer", "model")

OWN: Mapping[str, Any] = {
    "fold": int | str,
    "seed": int,
    "output": str,
    "name": str | None,
    "title": str | None,
    "early_stopping": int | None,
    "refit": bool | str | None,
    "ensemble": int | None,
    "snapshots": float,
    "retry": bool,
    "code": str | None,
    "shuffle_labels": bool,
}
A_FOLD = (
    "must be all, or the number of a fold, counted from 0; several are a sweep, as -m fold=0,2."
)
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


def refuse_unknown(
    config: Mapping[str, Any], own: Iterable[str] = OWN, groups: Iterable[str] = GROUPS
) -> None:
    """Refuse what no command reads, as ``+sed=3``; names that begin with ``_`` are anybody's.

    Args:
        config: Configuration of the command.
        own: Its own settings, those of ``ser.train`` by default.
        groups: Its groups of settings, likewise.

    Raises:
        ConfigError: If there is such a key.
    """
    if "test_data" in config:
        raise ConfigError(
            "test_data=each, or with several corpora, makes a job of each, which needs a sweep: "
            "pass -m, or name one corpus."
        )
    known = [*own, *groups, *BESIDE]
    for key in map(str, config):
        if key not in known and not key.startswith("_"):
            raise ConfigError(
                f"{key} is no setting here{likely(key, known)}; correct or remove it, or call it "
                f"_{key} if it is yours and other settings refer to it."
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
        if key == "fold":
            raise ConfigError(f"fold={_shown(value)} {A_FOLD}")
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
        raise ConfigError(f"fold={fold}{likely(fold, ('all', 'each'))} {A_FOLD}")


def unfit(key: str, value: Any, kind: Any) -> ConfigError:
    """Say that a setting is of another type than it must be.

    Args:
        key: The setting.
        value: What it is.
        kind: What it must be.
    """
    numeric = type(value) in (bool, int, float) and fits("", kind)
    rule = named(kind) + (f""" (in a shell: {key}='"{value}"')""" if numeric else "")
    if isinstance(value, float) and value.is_integer() and fits(int(value), kind):
        rule += f", as {int(value)}"
    near = likely(value, choices(kind)) if isinstance(value, str) else ""
    return ConfigError(f"{key}={_shown(value)} must be {rule}{near}; correct it.")


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value)
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """What JSON knows, of a list or a mapping of OmegaConf."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Sequence) else str(value)


def outside(key: str, value: float, low: float, high: float = math.inf) -> ConfigError:
    """Say that a number is outside of its range.

    Args:
        key: The setting.
        value: What it is.
        low: The least that it may be.
        high: The most that it may be.
    """
    least = f"from {low} to {high}" if math.isfinite(high) else f"{low} or more"
    rule = least if math.isfinite(low) else f"at most {high}"
    return ConfigError(f"{key}={value} must be {rule}; correct it.")
