"""Build the Lightning Trainer of a cell from what a configuration says of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hydra.utils import instantiate
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from omegaconf import DictConfig
from pytorch_lightning import Callback, Trainer

from ser.errors import ConfigError, SerError, first_line
from ser.runs.cell import Cell
from ser.training.continuing import checkpointing
from ser.training.curves import CurveGoesOn
from ser.training.device import (
    allow_tf32,
    device_of,
    resolve_accelerator,
    resolve_benchmark,
    resolve_precision,
)
from ser.training.processes import EndTogether, alone
from ser.training.progress import FoldProgress
from ser.training.recording import RecordedSteps
from ser.training.schedule import title_of
from ser.training.seeds import StepSeed
from ser.training.settings import BESIDE
from ser.training.tracking.folds import loggers_of


def build_trainer(cfg: DictConfig, cell: Cell, *, record: bool = False) -> Trainer:
    """Build the Lightning trainer of one cell.

    Args:
        cfg: Configuration of the training.
        cell: Place of the training.
        record: Whether it takes whole epochs at once.

    Raises:
        ConfigError: If Lightning refuses a setting.
    """
    accelerator = resolve_accelerator(cfg.trainer.accelerator)
    allow_tf32(accelerator)
    kept, logger = not cfg.trainer.fast_dev_run, cfg.get("logger")
    progress = FoldProgress(title_of(cell, cfg.output), cell)
    callbacks: list[Callback] = [EndTogether(), StepSeed(cell.draws), progress]
    if kept:
        callbacks += [CurveGoesOn()]
        callbacks += checkpointing(cell, cfg.protocol.validation, cfg.early_stopping, cfg.snapshots)
    settings = {key: value for key, value in cfg.trainer.items() if key not in BESIDE}
    settings |= {
        "accelerator": accelerator,
        "benchmark": resolve_benchmark(cfg.trainer.benchmark, cfg.trainer, accelerator),
        "precision": resolve_precision(str(cfg.trainer.precision), accelerator),
        "enable_checkpointing": kept,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "num_sanity_val_steps": 0,
        "log_every_n_steps": 1_000_000_000,  # figures are logged by the epoch
        "default_root_dir": str(cell.folder),
    }
    make = instantiate(settings, _partial_=True)
    more = {"strategy": RecordedSteps(device_of(accelerator), cell.draws)} if record else {}
    plugins = [LightningEnvironment()] if alone(cfg.trainer) else None
    writes = _loggers(logger, cell) if kept and logger else False
    try:
        trainer: Trainer = make(callbacks=callbacks, logger=writes, plugins=plugins, **more)
    except Exception as error:  # Lightning has a dozen kinds
        fault, reason = _at_fault(settings, cfg.trainer), first_line(error)
        raise ConfigError(f"{fault} ({reason}); correct it, or leave it out.") from error
    return trainer


def _loggers(settings: Any, cell: Cell) -> Any:
    """Build what notes the figures of a cell.

    Raises:
        ConfigError: If it cannot be, as without its package.
    """
    try:
        return loggers_of(settings, cell)
    except SerError:
        raise
    except Exception as error:  # of packages that are missing
        raise ConfigError(
            f"logger cannot be built ({first_line(error)}); correct its settings, or take another, "
            "as logger=csv."
        ) from error


def _at_fault(settings: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Name the setting without which a Trainer can be built, if there is one."""
    quiet = {**settings, "logger": False}
    for key in (key for key in given if key in settings and key != "_target_"):
        with suppress(Exception):
            instantiate({name: value for name, value in quiet.items() if name != key})
            return f"trainer.{key}={given[key]} is refused by Lightning"
    return "trainer cannot be built by Lightning"
