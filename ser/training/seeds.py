"""Seed every training step by itself, so that a continued run draws what it would have drawn."""

from __future__ import annotations

from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer


def seed_step(seed: int, step: int, device: torch.device) -> None:
    """Seed the dropout of a step.

    Args:
        seed: Seed of the training.
        step: Steps before this one.
        device: Device that draws.
    """
    # torch.manual_seed notes a stack trace for a CUDA that never starts: a millisecond a step.
    on_cpu = device.type == "cpu"
    draw = torch.default_generator.manual_seed if on_cpu else torch.manual_seed
    draw(seed * 1_000_003 + step)


class StepSeed(Callback):
    """Seed the coming step, by its number in the whole training.

    Seeding an epoch is not enough: a loader draws from the same generator when it is opened,
    which happens before the epoch in a continued run and within it in an undisturbed one.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Seed the dropout of the coming step."""
        seed_step(self.seed, trainer.global_step, pl_module.device)
