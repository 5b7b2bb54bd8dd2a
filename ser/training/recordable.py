"""Whether a training can take its steps an epoch at a time, on CUDA recorded, and why not."""

from __future__ import annotations

from typing import Any

from ser.augment import Augmentation
from ser.errors import ConfigError
from ser.models import EmotionClassifier
from ser.system.source import is_ours
from ser.training.device import is_cuda, resolve_precision
from ser.training.processes import alone

# Hooks of a step. A recording passes by those of a network that has its own.
HOOKS = (
    "training_step",
    "validation_step",
    "configure_optimizers",
    "configure_gradient_clipping",
    "optimizer_step",
    "optimizer_zero_grad",
    "lr_scheduler_step",
    "backward",
    "on_before_batch_transfer",
    "transfer_batch_to_device",
    "on_after_batch_transfer",
    "on_train_batch_start",
    "on_train_batch_end",
    "on_validation_batch_start",
    "on_validation_batch_end",
    "on_before_zero_grad",
    "on_before_backward",
    "on_after_backward",
    "on_before_optimizer_step",
)
# Settings of a Trainer that divide an epoch or may end one early, by the value that does not.
WHOLE = {
    "accumulate_grad_batches": 1,
    "detect_anomaly": False,
    "fast_dev_run": False,
    "limit_train_batches": None,
    "limit_val_batches": None,
    "max_steps": -1,
    "max_time": None,
    "overfit_batches": 0.0,
    "profiler": None,
    "reload_dataloaders_every_n_epochs": 0,
    "val_check_interval": None,
}


def resolve_record(
    accelerator: str,
    network: type[EmotionClassifier],
    augment: Augmentation,
    trainer: Any,
) -> bool:
    """Whether a training takes whole epochs at once, on CUDA as recorded graphs.

    Args:
        accelerator: As ``resolve_accelerator`` gives it.
        network: Class of the network.
        augment: What is drawn anew in each step.
        trainer: Configuration of the trainer. Its ``record`` is ``auto`` for networks of this
            package on CUDA and on the CPU, where that saves the hooks of Lightning alone; or true
            for all. Networks of one's own may then, on CUDA, neither wait for the device in
            ``forward``, nor decide by numbers on it.

    Raises:
        ConfigError: If ``record`` is true where it cannot be.
    """
    record = trainer.get("record", "auto")
    if record is False:
        return False
    reason = obstacle(accelerator, network, augment, trainer)
    if record is True and reason:
        raise ConfigError(
            f"trainer.record=true is not possible: {reason}. Leave it out, or take auto."
        )
    tried = is_cuda(accelerator) or accelerator == "cpu"
    return record is True or (tried and is_ours(network) and not reason)


def obstacle(
    accelerator: str, network: type[EmotionClassifier], augment: Augmentation, trainer: Any
) -> str:
    """Why the steps of a training cannot be taken at once; empty if they can."""
    own = [name for name in HOOKS if getattr(network, name) is not getattr(EmotionClassifier, name)]
    divided = [name for name, value in WHOLE.items() if trainer.get(name, value) != value]
    precision = resolve_precision(str(trainer.get("precision")), accelerator)
    reasons = {
        f"{network.__name__} has its own {', '.join(own)}, which would not be called": own,
        "augment.waveform changes sounds in each step": augment.changes_waveforms,
        "trainer.compile records steps by itself": trainer.get("compile"),
        "it takes trainer.devices=1": not alone(trainer),
        f"trainer.{', '.join(divided)} divides an epoch": divided,
        "clipping in 16-bit precision looks at the gradients of each step": (
            precision.startswith("16") and trainer.get("gradient_clip_val")
        ),
    }
    return next((reason for reason, is_there in reasons.items() if is_there), "")
