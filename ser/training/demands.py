"""What a configuration may not ask of the Trainer that a fold is trained with."""

from __future__ import annotations

from typing import Any

from ser.errors import ConfigError

OURS = ("callbacks", "enable_checkpointing", "num_sanity_val_steps", "log_every_n_steps", "plugins")
GROUPS = ("data", "features", "cv", "protocol", "augment", "trainer", "model")


def refuse_missing(config: Any) -> None:
    """Refuse a configuration without one of the groups that a training needs.

    Raises:
        ConfigError: If a group was deleted, as ``~model`` does.
    """
    for group in GROUPS:
        if config.get(group) is None:
            raise ConfigError(
                f"~{group} or {group}=null leaves out {group}, which every training needs; choose "
                f"one of conf/{group}, as python -m ser.train --help lists them."
            )


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
