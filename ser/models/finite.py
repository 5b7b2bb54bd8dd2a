"""Stop a network where its numbers are no longer finite, and say when that was."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm

from ser.errors import TrainingError
from ser.models.lightning import Callback, LightningModule, TrainerFn

if TYPE_CHECKING:
    from pytorch_lightning import Trainer

EVERY = 100  # steps after which a device is asked about its losses
REMEDY = (
    "Lower the learning rate (model.learning_rate), clip gradients (trainer.gradient_clip_val=1), "
    "or compute in float32 (trainer.precision=32-true); at the very first step, check the features."
)


class StayFinite(Callback):
    """Refuse a loss or a weight that is not finite, before it is kept in a checkpoint.

    On the CPU each loss is judged after its step. To ask another device is to wait for it, so its
    losses are judged together, every hundred steps and at the end of the epoch.
    """

    def __init__(self) -> None:
        self.losses: list[Tensor] = []  # of the last steps, not judged yet
        self.judged = 0  # steps of this epoch before those

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin with no losses; an epoch that broke off may have left some."""
        self.losses, self.judged = [], 0

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Judge the loss of a step, or put it aside to be judged; a recording gives several.

        Raises:
            TrainingError: If a loss is not finite.
        """
        loss = outputs.get("loss") if isinstance(outputs, Mapping) else outputs
        if not isinstance(loss, Tensor):
            return  # a step that was skipped
        self.losses += loss.detach().flatten().unbind()
        at_once = loss.device.type == "cpu" and trainer.world_size == 1
        if at_once or len(self.losses) >= EVERY:
            self._judge_losses(trainer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Judge the loss of the validation side.

        Raises:
            TrainingError: If it is not finite.
        """
        if trainer.sanity_checking:
            return
        self._judge_losses(trainer)
        _judge_figure(trainer, "val/loss", "the validation loss")

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Judge the last losses of an epoch, and the weights that it ends with.

        Raises:
            TrainingError: If one of them is not finite.
        """
        self._judge_losses(trainer)
        _judge_weights(trainer, pl_module)

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Judge the loss of the test side.

        Raises:
            TrainingError: If it is not finite.
        """
        _judge_figure(trainer, "test/loss", "the test loss")

    def _judge_losses(self, trainer: Trainer) -> None:
        """Judge what was put aside."""
        if not self.losses:
            return
        losses, before = torch.stack(self.losses), self.judged
        self.losses, self.judged = [], before + len(losses)
        sound = losses.isfinite()
        if _all_agree(trainer, bool(sound.all())):
            return
        unsound = (~sound).nonzero().flatten().tolist()
        if not unsound:  # this process is well, and stops with the others
            raise TrainingError(f"{_when(trainer)}: a loss on another device is not finite.")
        step = before + unsound[0] + 1
        value = float(losses[unsound[0]])
        raise TrainingError(f"{_when(trainer)}, step {step}: the loss is {value}. {REMEDY}")


def _judge_weights(trainer: Trainer, network: LightningModule) -> None:
    named = dict(chain(network.named_parameters(), network.named_buffers()))
    weights = {name: w.detach() for name, w in named.items() if w.is_floating_point() and w.numel()}
    if not weights:
        return
    largest = get_total_norm(list(weights.values()), float("inf"))  # few operations for them all
    if _all_agree(trainer, bool(largest.isfinite())):
        return
    unsound = [name for name, weight in weights.items() if not weight.isfinite().all()]
    where = f"{unsound[0]} and {len(unsound) - 1} more" if unsound[1:] else "".join(unsound)
    raise TrainingError(
        f"{_when(trainer)}: the weights are no longer finite ({where or 'on another device'}). "
        f"{REMEDY}"
    )


def _judge_figure(trainer: Trainer, name: str, words: str) -> None:
    figure = trainer.callback_metrics.get(name)
    if figure is not None and not figure.isfinite():
        when = f"{_when(trainer)}: " if trainer.state.fn == TrainerFn.FITTING else ""
        raise TrainingError(f"{when}{words} is {float(figure)}. {REMEDY}")


def _all_agree(trainer: Trainer, well: bool) -> bool:
    """Whether all is well on every device; they stop together, or none would wait for another."""
    return bool(trainer.strategy.reduce_boolean_decision(well))


def _when(trainer: Trainer) -> str:
    return f"epoch {trainer.current_epoch + 1}"
