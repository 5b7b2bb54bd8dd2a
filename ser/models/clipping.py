"""Clipped gradients and a fused optimiser, which Lightning does not let go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.optim import Optimizer

from ser.models.lightning import (
    GradClipAlgorithmType,
    LightningModule,
    MixedPrecision,
    Precision,
)

if TYPE_CHECKING:
    from pytorch_lightning import Trainer


def steps_fused(trainer: Trainer | None) -> bool:
    """Whether Adam takes its step in one kernel.

    Where losses are scaled it does not, since it would unscale gradients after they are clipped.
    Gradients of bf16 are not scaled. On CUDA several kernels round otherwise when they are
    recorded, and one does not; on the CPU numbers stay those of several.

    Args:
        trainer: What trains; None outside a training.
    """
    if trainer is None or not trainer.gradient_clip_val:
        return True
    plugin = trainer.precision_plugin
    if not isinstance(plugin, MixedPrecision):
        return True
    return plugin.scaler is None and trainer.strategy.root_device.type == "cuda"


def clip(network: LightningModule, optimizer: Optimizer, value: Any, algorithm: Any) -> None:
    """Clip gradients as a Trainer does, and where nothing is scaled for a fused optimiser too.

    Args:
        network: What is trained.
        optimizer: What takes steps.
        value: ``gradient_clip_val`` of the Trainer.
        algorithm: ``gradient_clip_algorithm`` of the Trainer.
    """
    plugin = network.trainer.precision_plugin
    if isinstance(plugin, MixedPrecision) and plugin.scaler is None:
        how = GradClipAlgorithmType(algorithm or "norm")
        Precision.clip_gradients(plugin, optimizer, value or 0.0, how)
    else:
        network.clip_gradients(optimizer, value, algorithm)
