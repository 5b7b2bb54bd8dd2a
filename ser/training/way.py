"""How a configuration wants its networks trained: on which rows, and how many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ser.errors import ConfigError, likely
from ser.models.ensemble import MOST_MEMBERS

FIXED = "fixed"


@dataclass(frozen=True)
class Way:
    """What ``refit`` and ``ensemble`` ask for.

    Args:
        refit: False, True, or ``"fixed"``.
        members: Networks that are averaged; 1 is a network alone.
    """

    refit: bool | str
    members: int


def way_of(cfg: Any) -> Way:
    """Read how networks are to be trained.

    Args:
        cfg: Configuration of a training.

    Raises:
        ConfigError: If a value is unknown, or an epoch is to be chosen where nothing can choose it.
    """
    if not (cfg.refit is None or isinstance(cfg.refit, bool) or cfg.refit == FIXED):
        meant = likely(cfg.refit, (FIXED, "true"))
        raise ConfigError(
            f"refit={cfg.refit} is unknown{meant}; pass true or fixed, or leave it out."
        )
    members = 1 if cfg.ensemble is None else cfg.ensemble
    if type(members) is not int or not 1 <= members <= MOST_MEMBERS:
        raise ConfigError(
            f"ensemble={members} must be a number of networks from 1 to {MOST_MEMBERS}, as 3."
        )
    validation = cfg.protocol.validation
    if cfg.refit is True and not validation:
        raise ConfigError(
            f"refit=true chooses the epoch on a validation side, and protocol={cfg.protocol.name} "
            "has none; pass refit=null, since the whole training side is trained on already."
        )
    if cfg.refit is True and (cfg.trainer.strategy != "auto" or str(cfg.trainer.devices) != "1"):
        raise ConfigError(
            "refit=true chooses the epoch in one process, and trainer.strategy or trainer.devices "
            "asks for several; pass refit=fixed, or train on one device."
        )
    return Way((cfg.refit or False) if validation else False, members)


def refuse_averaging(ensemble: object, learner: str) -> None:
    """Refuse an ensemble of what does not begin with weights of its own.

    Args:
        ensemble: What was asked for.
        learner: Class of the estimator.

    Raises:
        ConfigError: If it is an ensemble.
    """
    if ensemble not in (None, 1):
        raise ConfigError(
            f"ensemble={ensemble} averages networks that begin with different weights, and "
            f"{learner} is fitted in one way; leave ensemble out, or take a network, as model=mlp."
        )
