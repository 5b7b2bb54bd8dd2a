"""How a configuration wants its networks trained: on which rows, and how many of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ser.errors import ConfigError, likely
from ser.models.ensemble import MOST_MEMBERS
from ser.runs.configuration import config_folder

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
    _refuse_unknown(cfg.refit)
    members = 1 if cfg.ensemble is None else cfg.ensemble
    if type(members) is not int or not 1 <= members <= MOST_MEMBERS:
        raise ConfigError(
            f"ensemble={members} must be a number of networks from 1 to {MOST_MEMBERS}, as 3."
        )
    _refuse_unchosen(cfg)
    _refuse_unwatched(cfg)
    return Way((cfg.refit or False) if cfg.protocol.validation else False, members)


def is_judged(cfg: Any) -> bool:
    """Whether a validation side is kept, to choose the epoch by and to judge the network."""
    return bool(cfg.protocol.validation) and cfg.refit != FIXED


def _refuse_unknown(refit: object) -> None:
    if not (refit is None or isinstance(refit, bool) or refit == FIXED):
        meant = likely(refit, (FIXED, "true"))
        raise ConfigError(f"refit={refit} is unknown{meant}; pass true or fixed, or leave it out.")


def _refuse_unchosen(cfg: Any) -> None:
    """Refuse to choose an epoch where there is nothing to choose it by, or several processes."""
    if cfg.refit is True and not cfg.protocol.validation:
        raise ConfigError(
            f"refit=true chooses the epoch on a validation side, and protocol={cfg.protocol.name} "
            "has none; pass refit=null, since the whole training side is trained on already."
        )
    if cfg.refit is True and (cfg.trainer.strategy != "auto" or str(cfg.trainer.devices) != "1"):
        raise ConfigError(
            "refit=true chooses the epoch in one process, and trainer.strategy or trainer.devices "
            "asks for several; pass refit=fixed, or train on one device."
        )


def _refuse_unwatched(cfg: Any) -> None:
    """Refuse a patience that somebody asked for where no validation side is watched."""
    if is_judged(cfg) or cfg.early_stopping in (None, _usual_patience()):
        return
    asked = f"early_stopping={cfg.early_stopping} watches a validation side, and"
    if not cfg.protocol.validation:
        raise ConfigError(f"{asked} protocol={cfg.protocol.name} has none; leave it out.")
    raise ConfigError(
        f"{asked} refit=fixed trains on the whole training side; pass refit=null beside it, or "
        "leave it out."
    )


@cache
def _usual_patience() -> object:
    """Value of ``early_stopping`` that nobody asked for."""
    text = Path(config_folder(), "train.yaml").read_text("utf-8")
    return yaml.safe_load(text)["early_stopping"]


def refuse_unjudged_trial(cfg: Any, sweeper: Mapping[str, Any]) -> None:
    """Refuse a trial of Optuna that leaves no validation side to judge it by.

    Args:
        cfg: Configuration of the trial.
        sweeper: Configuration of what chose it.

    Raises:
        ConfigError: If there is no validation side.
    """
    if sweeper["_target_"].endswith("optuna.TrialSweeper") and not is_judged(cfg):
        whole = "refit=fixed" if cfg.protocol.validation else f"protocol={cfg.protocol.name}"
        remedy = "pass refit=null" if cfg.protocol.validation else "take protocol=honest"
        raise ConfigError(
            f"hydra/sweeper=optuna judges a trial by its validation side, and {whole} leaves none; "
            f"{remedy}."
        )


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
