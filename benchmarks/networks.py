"""Every network at its published input size, and a side of a fold made for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from hydra import compose, initialize_config_dir
from hydra.utils import get_class
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.flop_counter import FlopCounterMode

from ser.configuration import config_folder
from ser.data.batches import EpochBatches, FeatureSet
from ser.data.store import Features
from ser.models import EmotionClassifier

SEQUENCE, CLASSES = (40, 517), 7


@dataclass(frozen=True)
class Subject:
    """A network to be trained, in its published form, and random features of its size.

    Args:
        name: Its name in ``conf/model``.
        recipe: Experiment below ``conf/experiment/published`` that has its form.
        shape: Shape of one utterance: a vector, or ``(channels, frames)``.
        batch: Utterances a step.
        steps: Steps an epoch.
    """

    name: str
    recipe: str
    shape: tuple[int, ...]
    batch: int = 32
    steps: int = 14  # as many as the training side of a fold of EmoDB has

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Its model node of ``conf``, as the published row composes it."""
        with initialize_config_dir(str(Path(config_folder()).resolve()), version_base="1.3"):
            cfg = compose("train", [f"experiment=published/{self.recipe}"])
        return dict(cfg.model)

    @property
    def size(self) -> int:
        """Utterances of the training side."""
        return self.batch * self.steps

    def build(self) -> EmotionClassifier:
        """The network with fresh weights, always the same ones."""
        torch.manual_seed(0)
        kind: Any = get_class(self.settings["_target_"])
        arguments = {k: v for k, v in self.settings.items() if k != "_target_"}
        if self.name == "resnet50":
            arguments["num_frames"] = self.shape[1]
        # A plain loop has no Trainer, whose epochs a decaying step size is counted in.
        arguments["schedule"] = "constant"
        network: EmotionClassifier = kind(CLASSES, self.shape[0], **arguments)
        return network

    @cached_property
    def features(self) -> Features:
        """Random features, as a store holds them."""
        channels, frames = (*self.shape, 1)[:2]
        generator = torch.Generator().manual_seed(1)
        values = torch.randn(self.size * frames, channels, generator=generator)
        starts = torch.arange(self.size + 1) * frames
        return Features(values, starts, frames, sequence=len(self.shape) > 1)

    def loader(self) -> DataLoader[Any]:
        """Batches as a datamodule serves them."""
        targets = torch.arange(self.size) % CLASSES
        data = FeatureSet(self.features, targets, torch.arange(self.size))
        return DataLoader(
            data, batch_size=None, sampler=EpochBatches(len(data), self.batch, seed=0)
        )

    def side(self) -> DataLoader[Any]:
        """A validation side of a ninth of it, as in ten folds with one for validation."""
        rows = torch.arange(max(self.size // 9, 1))
        data = FeatureSet(self.features, torch.arange(self.size) % CLASSES, rows)
        return DataLoader(data, batch_size=None, sampler=EpochBatches(len(data), 64))

    def work(self) -> float:
        """FLOP of one training step: products and convolutions, there and back.

        An LSTM is counted in the steps it consists of, which the fused kernel hides.
        """
        batch = next(iter(self.loader()))
        network = self.build()
        with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as count:
            loss_of(network, batch).backward()
        return float(count.get_total_flops())


def loss_of(network: EmotionClassifier, batch: Any) -> Tensor:
    """What ``training_step`` gives, without the log of a Trainer."""
    features, lengths, target = batch
    loss = functional.cross_entropy(network(features, lengths), target)
    return loss + network.penalty()


SUBJECTS = {  # the convolutions over pictures with fewer rows a step: their cost is all arithmetic
    subject.name: subject
    for subject in (
        Subject("cnn1d", "emodb_cnn1d_augmented_kfold", (155,)),
        Subject("cnn1d_lstm", "iemocap_cnn1d_lstm_kfold", (161,)),
        Subject("lstm", "iemocap_lstm_kfold", SEQUENCE),
        Subject("cnn2d", "iemocap_cnn2d_kfold", SEQUENCE, batch=4, steps=2),
        Subject("cnn2d_lstm", "iemocap_cnn2d_lstm_kfold", SEQUENCE, batch=2, steps=2),
        Subject("resnet", "iemocap_resnet_kfold", SEQUENCE, batch=8, steps=2),
        Subject("resnet50", "iemocap_resnet50_kfold", SEQUENCE, batch=16, steps=2),
    )
}
