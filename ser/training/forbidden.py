"""What a configuration may not ask of the Trainer of a fold, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ser.errors import ConfigError, check_choice

OURS = ("callbacks", "enable_checkpointing", "num_sanity_val_steps", "log_every_n_steps", "plugins",
        "logger", "default_root_dir", "enable_progress_bar", "enable_model_summary")  # fmt: skip
IDLE: Mapping[str, Any] = {  # with the values that Lightning has
    "limit_test_batches": None,
    "limit_predict_batches": None,
    "enable_autolog_hparams": True,
    "model_registry": None,
    "barebones": False,
    "overfit_batches": 0.0,
}
HALVES = ("bf16-true", "16-true", "transformer-engine", "transformer-engine-float16")
PRECISIONS = ("auto", "bf16-mixed", "16-mixed", "32-true", "64-true", "bf16", "16", "32", "64")
ACCELERATORS = ("auto", "cpu", "cuda", "gpu", "mps", "tpu")
STRATEGIES = ("auto", "ddp", "ddp_find_unused_parameters_true")  # others keep no whole weights
LEAST: Mapping[str, float] = {  # where not null; -1 is "no end" to Lightning
    "max_epochs": 1,
    "max_steps": 1,
    "limit_train_batches": math.ulp(0),
    "accumulate_grad_batches": 1,
    "num_nodes": 1,
    "gradient_clip_val": 0,
}
ENDLESS = ("max_epochs", "max_steps")
WHOLE: Mapping[str, tuple[Any, ...]] = {
    "check_val_every_n_epoch": (1,),
    "limit_val_batches": (1.0, None),
    "val_check_interval": (1.0, None),
}


def refuse_forbidden(trainer: Mapping[str, Any]) -> None:
    """Refuse settings that can have no effect here, or no sound one.

    Args:
        trainer: Configuration of the trainer, of types that Lightning takes.

    Raises:
        ConfigError: If there is one; says why.
    """
    check_choice("trainer.accelerator", trainer["accelerator"], ACCELERATORS)
    check_choice("trainer.strategy", trainer["strategy"], STRATEGIES)
    for key, value in trainer.items():
        if key in OURS:
            raise ConfigError(f"trainer.{key} is set by ser.train itself; leave it out.")
        if key in IDLE and value != IDLE[key]:
            raise ConfigError(
                f"trainer.{key}={value} has no place in a cross-validation, which trains and tests "
                "on whole sides; leave it out, or try with trainer.fast_dev_run=true."
            )
        if key in LEAST:
            _refuse_less(key, value)


def refuse_precision(precision: object) -> None:
    """Refuse a precision that there is not, or that loses too much.

    Raises:
        ConfigError: If it is one; says why.
    """
    if precision in HALVES:
        raise ConfigError(
            f"trainer.precision={precision} keeps weights and the scaler of features in half "
            "precision, which loses small steps; take bf16-mixed or 16-mixed."
        )
    if isinstance(precision, bool) or str(precision) not in PRECISIONS:
        check_choice("trainer.precision", precision, PRECISIONS)


def _refuse_less(key: str, value: Any) -> None:
    """Refuse a training of nothing."""
    least = LEAST[key]
    endless = key in ENDLESS and value == -1
    if isinstance(value, int | float) and not value >= least and not endless:
        rule = "above 0" if least == math.ulp(0) else f"{least} or more"
        raise ConfigError(f"trainer.{key}={value} must be {rule}; correct it, or leave it out.")


def refuse_unjudged(trainer: Mapping[str, Any], validation: bool) -> None:
    """Refuse what leaves epochs that the whole validation side does not judge.

    Args:
        trainer: Configuration of the trainer.
        validation: Whether the epoch is chosen on a validation side.

    Raises:
        ConfigError: If there is such a setting.
    """
    for key, values in WHOLE.items():
        value = trainer.get(key, values[0])
        if validation and not (value in values and type(value) in map(type, values)):
            raise ConfigError(
                f"trainer.{key}={value} leaves epochs without a figure of the whole validation "
                "side, by which the epoch is chosen and training stops early; leave it out."
            )
