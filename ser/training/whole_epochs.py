"""What the steps of a whole epoch are given: network, device, seed, and what records them."""

from __future__ import annotations

import torch
from pytorch_lightning.strategies import SingleDeviceStrategy
from torch.optim import Optimizer

from ser.data.changes import Changes
from ser.data.datamodule import FoldDataModule
from ser.models import EmotionClassifier
from ser.training.graphs import Graphs, Work


class WholeEpochs(SingleDeviceStrategy):
    """Base of the strategy that takes the steps of an epoch at once.

    Args:
        device: Device to train on.
        seed: Seed of the dropout.
    """

    def __init__(self, device: torch.device, seed: int) -> None:
        super().__init__(device)
        self.seed = seed

    @property
    def network(self) -> EmotionClassifier:
        """What is trained."""
        network = self.lightning_module
        if not isinstance(network, EmotionClassifier):
            raise TypeError(f"{type(network).__name__} is no EmotionClassifier")
        return network

    def calls(
        self,
        work: Work,
        optimizer: Optimizer | None = None,
        generator: torch.Generator | None = None,
    ) -> Work:
        """Give the work back, or on CUDA what records it."""
        on_cuda = self.root_device.type == "cuda"
        return Graphs(work, optimizer, generator) if on_cuda else work

    def changes(self) -> Changes | None:
        """What is drawn anew in each step beside the dropout; None if nothing is."""
        data = getattr(self.network.trainer, "datamodule", None)
        if not (isinstance(data, FoldDataModule) and data.augment.online):
            return None
        return data.changes(self.root_device)
