"""Every network at its published input size, and a side of a fold made for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from hydra.utils import get_class
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.fits import configuration
from reproduce.jobs import CONFIG
from ser.corpora.emodb import EmoDB
from ser.data.batches import EpochBatches, FeatureSet
from ser.features.collected import Features
from ser.models import EmotionClassifier

SEQUENCE = (40, 517)


@dataclass(frozen=True)
class Subject:
    """A network to be trained, in its published form, and random features of its size.

    Args:
        name: Its name in ``conf/model``.
        recipe: Experiment below ``reproduce/conf`` that has its form.
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
        """Its model node of ``conf``, as the published row composes it.

        A bare loop has no Trainer, whose epochs a decaying step size is counted in.
        """
        place = f"hydra.searchpath=['file://{CONFIG}']"
        cfg = configuration(place, f"experiment={self.recipe}", "model.schedule=constant")
        return dict(cfg.model)

    @property
    def num_classes(self) -> int:
        """Emotions of EmoDB."""
        return len(EmoDB.codes)

    @property
    def num_features(self) -> int:
        """Channels, or numbers in a vector."""
        return self.shape[0]

    @property
    def num_frames(self) -> int:
        """Frames of an utterance; 1 for vectors."""
        return (*self.shape, 1)[1]

    @property
    def size(self) -> int:
        """Utterances of the training side."""
        return self.batch * self.steps

    def build(self) -> EmotionClassifier:
        """The network with fresh weights, always the same ones."""
        settings = dict(self.settings)
        kind = get_class(settings.pop("_target_"))
        torch.manual_seed(0)
        network: EmotionClassifier = kind.for_data(self, **settings)
        return network

    @cached_property
    def features(self) -> Features:
        """Random features, as a store holds them."""
        channels, frames = self.num_features, self.num_frames
        generator = torch.Generator().manual_seed(1)
        values = torch.randn(self.size * frames, channels, generator=generator)
        starts = torch.arange(self.size + 1) * frames
        return Features(values, starts, frames, sequence=len(self.shape) > 1)

    def loader(self) -> DataLoader[Any]:
        """Shuffled batches of the training side, as a datamodule serves them."""
        return self._served(self.size, self.batch, seed=0)

    def side(self) -> DataLoader[Any]:
        """A validation side of a ninth of it, as in ten folds with one for validation."""
        return self._served(max(self.size // 9, 1), 64)

    def _served(self, count: int, batch: int, seed: int | None = None) -> DataLoader[Any]:
        targets = torch.arange(self.size) % self.num_classes
        data = FeatureSet(self.features, targets, torch.arange(count))
        return DataLoader(data, batch_size=None, sampler=EpochBatches(count, batch, seed))

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
        Subject("cnn1d", "emodb_cnn1d_augmented", (155,)),
        Subject("cnn1d_lstm", "iemocap_cnn1d_lstm", (161,)),
        Subject("lstm", "iemocap_lstm", SEQUENCE),
        Subject("cnn2d", "iemocap_cnn2d", SEQUENCE, batch=4, steps=2),
        Subject("cnn2d_lstm", "iemocap_cnn2d_lstm", SEQUENCE, batch=2, steps=2),
        Subject("resnet", "iemocap_resnet", SEQUENCE, batch=8, steps=2),
        Subject("resnet50", "iemocap_resnet50", SEQUENCE, batch=16, steps=2),
    )
}
