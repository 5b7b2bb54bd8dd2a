"""What a configuration must have, and what it may not ask of the Trainer of a fold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ser.errors import ConfigError
from ser.system.hints import fits, named

OURS = ("callbacks", "enable_checkpointing", "num_sanity_val_steps", "log_every_n_steps", "plugins")
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


def refuse_unjudged(trainer: Any, validation: bool) -> None:
    """Refuse settings that ser sets itself, and epochs that the validation side does not judge.

    Args:
        trainer: Configuration of the trainer.
        validation: Whether the epoch is chosen on a validation side.

    Raises:
        ConfigError: If a setting can have no effect, or leaves no epoch to choose.
    """
    for key in OURS:
        if key in trainer:
            raise ConfigError(f"trainer.{key} is set by ser.train itself; leave it out.")
    every, batches = (trainer.get(k, 1) for k in ("check_val_every_n_epoch", "limit_val_batches"))
    unjudged = f"check_val_every_n_epoch={every}" if every != 1 else ""
    unjudged = unjudged or (f"limit_val_batches={batches}" if not batches else "")
    if validation and unjudged:
        raise ConfigError(
            f"trainer.{unjudged} leaves epochs without a figure of the validation side, by which "
            "the epoch is chosen and training stops early; leave it out."
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
        if key in config and not fits(config[key], kind):
            raise unfit(key, config[key], kind)


def unfit(key: str, value: Any, kind: Any) -> ConfigError:
    """Say that a setting is of another type than it must be.

    Args:
        key: The setting.
        value: What it is.
        kind: What it must be.
    """
    shown = json.dumps(value, default=str, ensure_ascii=False)
    quoted = f""" (in a shell: {key}='"{value}"')""" if type(value) is int else ""
    rule = named(kind) + (quoted if fits("", kind) else "")
    return ConfigError(f"{key}={shown} must be {rule}; correct it.")
