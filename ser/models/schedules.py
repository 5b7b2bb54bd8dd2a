"""How the learning rate changes over a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from ser.errors import ConfigError

if TYPE_CHECKING:
    from pytorch_lightning import Trainer

SCHEDULES = ("constant", "cosine", "onecycle")


def scheduled(optimizer: Optimizer, name: str, trainer: Trainer) -> Any:
    """Give Lightning an optimiser with a schedule that ends with the training.

    Args:
        optimizer: The optimiser, with its highest learning rate.
        name: ``"cosine"``, a decay to zero by the epoch, or ``"onecycle"``, step by step up from a
            25th of the rate within three tenths of the training, then down to nearly zero.
        trainer: Says when the training ends.

    Raises:
        ConfigError: If the training has no end.

    References:
        Smith and Topin, "Super-convergence: very fast training of neural networks using large
        learning rates", 2017 (one cycle). https://arxiv.org/abs/1708.07120
    """
    end, interval = _end(name, trainer)
    if name == "cosine":
        return _by(CosineAnnealingLR(optimizer, end), optimizer, interval)
    rate, steps = float(optimizer.param_groups[0]["lr"]), _steps(trainer)
    # The momentum stays: of Adam's settings a recorded step can change its rate alone.
    cycle = OneCycleLR(optimizer, rate, max(steps, 1), cycle_momentum=False)
    return _by(cycle, optimizer, "step")


def refuse_endless(name: str, trainer: Trainer) -> None:
    """Refuse a schedule that ends with a training that has no end.

    Args:
        name: The schedule.
        trainer: Says when the training ends.

    Raises:
        ConfigError: If it has none.
    """
    if name != "constant":
        _end(name, trainer)


def _steps(trainer: Trainer) -> int:
    """Steps of the whole training, also where Lightning is served several of them as one batch."""
    batches = int(trainer.estimated_stepping_batches)  # which opens the loader
    return batches * int(getattr(trainer.train_dataloader, "steps_per_batch", 1))


def _by(schedule: Any, optimizer: Optimizer, interval: str) -> Any:
    return [optimizer], [{"scheduler": schedule, "interval": interval}]


def _end(name: str, trainer: Trainer) -> tuple[int, str]:
    """End of the training, and what it is counted in; a trainer may be given steps alone."""
    epochs, steps = trainer.max_epochs, trainer.max_steps
    if epochs is None or epochs >= 0:
        return epochs or 1, "epoch"
    if steps >= 0:
        return steps or 1, "step"
    raise ConfigError(
        f"schedule={name!r} ends with the training, which has no end here; give the trainer "
        "max_epochs or max_steps, or take schedule=constant."
    )
