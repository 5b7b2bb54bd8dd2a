"""Whether one process trains or several do, and which of them writes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.utilities import rank_zero_only

from ser.errors import ConfigError


def alone(trainer: Any) -> bool:
    """Whether one process trains on one device, whatever a cluster's variables suggest.

    Args:
        trainer: Configuration of the trainer.
    """
    nodes = trainer.get("num_nodes", 1)
    return bool(trainer.strategy == "auto" and str(trainer.devices) == "1" and nodes == 1)


def several(trainer: Any) -> bool:
    """Whether a fold is trained by several processes, as a setting says and not the machine.

    Args:
        trainer: Configuration of the trainer.
    """
    devices = trainer.devices
    listed = isinstance(devices, Sequence) and not isinstance(devices, str)
    one = len(devices) == 1 if listed else devices in ("auto", None)
    return not alone(trainer) and not (trainer.strategy == "auto" and one)


def refuse_all_folds(fold: object, trainer: Any) -> None:
    """Refuse to go through all folds in a process that is one of several.

    Args:
        fold: What ``fold=`` asks for.
        trainer: Configuration of the trainer.

    Raises:
        ConfigError: If that is asked for.
    """
    if fold == "all" and several(trainer):
        raise ConfigError(
            f"trainer.strategy={trainer.strategy} with trainer.devices={trainer.devices} trains "
            "one fold on several devices, and fold=all goes through all in one process; pass one "
            "fold after the other, as fold=0."
        )


class EndTogether(Callback):
    """End the processes that this one started for a fold, where it is stopped or fails itself."""

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """End them at once, since they write nothing; Lightning does so at a KeyboardInterrupt."""
        for process in getattr(trainer.strategy.launcher, "procs", ()):
            process.kill()


def claim_rank(trainer: Any) -> None:
    """Make a process that trains alone the first one.

    A stray SLURM_PROCID makes Lightning take a single process for one of many, and silent.
    """
    if alone(trainer):
        setattr(rank_zero_only, "rank", 0)  # noqa: B010 - Lightning keeps it there, untyped


def is_first() -> bool:
    """Whether this process writes; of several that train together only the first does."""
    return not getattr(rank_zero_only, "rank", 0)


def refuse_devices_in_a_sweep(trainer: Any) -> None:
    """Refuse to start processes from within a sweep: they would start the sweep again.

    Raises:
        ConfigError: If several devices are asked for, and no cluster started a task for each.
    """
    by_task = int(os.environ.get("SLURM_NTASKS", "1")) > 1 and "SLURM_STEP_ID" in os.environ
    if alone(trainer) or by_task:
        return
    raise ConfigError(
        f"trainer.strategy={trainer.strategy}, trainer.devices={trainer.devices} in a "
        "sweep: a process for each device would start the whole sweep again. Leave them out: each "
        "job then has one device, and jobs run side by side; or start single runs without -m; or "
        "use hydra/launcher=slurm with hydra.launcher.tasks_per_node as many as devices."
    )
