"""Training an epoch for each step of Lightning's loop, whose hooks cost more than small networks.

A strategy of Lightning stands between its loops and the network. This one is served whole epochs,
takes their steps itself, and counts them: a checkpoint is the same as of a training step by step,
and either continues the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from ser.data.epochs import Epoch, epochs_of
from ser.training.steps import Judging, Training
from ser.training.whole_epochs import WholeEpochs


class RecordedSteps(WholeEpochs):
    """Take the steps of an epoch at once, on CUDA as recorded graphs.

    Args:
        device: Device to train on.
        seed: Seed of the dropout.
    """

    def __init__(self, device: torch.device, seed: int) -> None:
        super().__init__(device, seed)
        self.whole = False  # whether the present batch is an epoch
        self.training: Training | None = None
        self.judging: Judging | None = None

    def process_dataloader(self, dataloader: object) -> object:
        """Serve whole epochs instead of batches, where the device has room for the corpus."""
        return epochs_of(dataloader, self.root_device) or dataloader

    def batch_to_device(
        self, batch: Any, device: torch.device | None = None, dataloader_idx: int = 0
    ) -> Any:
        """Leave an epoch alone, which is there already."""
        if isinstance(batch, Epoch):
            return batch
        return super().batch_to_device(batch, device, dataloader_idx)

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Note what is coming."""
        self.whole = isinstance(batch, Epoch)

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        """Train an epoch; gives the loss of each of its steps."""
        batch, *_ = args
        if not isinstance(batch, Epoch):
            return super().training_step(*args, **kwargs)
        if self.training is None:
            self.training = Training(self, batch)
        return self.training.epoch(batch)

    def backward(
        self, closure_loss: Tensor, optimizer: Optimizer | None, *args: Any, **kwargs: Any
    ) -> Tensor:
        """Leave the losses of an epoch alone, whose steps are taken."""
        if self.whole:
            return closure_loss
        return super().backward(closure_loss, optimizer, *args, **kwargs)

    def optimizer_step(
        self, optimizer: Optimizer, closure: Callable[[], Any], model: Any = None, **kwargs: Any
    ) -> Any:
        """Train an epoch, which takes its steps itself."""
        if self.whole:
            return closure()
        return super().optimizer_step(optimizer, closure, model, **kwargs)

    def validation_step(self, *args: Any, **kwargs: Any) -> Any:
        """Judge a whole side."""
        batch, *_ = args
        if not isinstance(batch, Epoch):
            return super().validation_step(*args, **kwargs)
        if self.judging is None:
            self.judging = Judging(self, batch)
        return self.judging.epoch(batch)

    def teardown(self) -> None:
        """Forget the recordings, and with them their memory."""
        self.training = self.judging = None
        super().teardown()
