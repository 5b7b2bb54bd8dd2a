"""What is drawn anew in each training step, on the device that trains."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ser.augment import Augmentation
from ser.data.batches import Batch
from ser.data.fold_data import FoldData
from ser.features.frames import frame_mask


class Changes:
    """Change training batches, each by the chance of its step.

    Args:
        data: The fold that they are of.
        augment: What is done to them.
        seed: Seed of the chance.
        device: Where they are.
    """

    def __init__(
        self, data: FoldData, augment: Augmentation, seed: int, device: torch.device
    ) -> None:
        self.augment = augment
        self.front_end = data.prepared.front_end
        self.num_classes = len(data.labels)
        self.seed = seed
        self.mean = data.mean.to(device)  # here, since a recorded step waits for no copy
        self.generator = torch.Generator(device)

    def begin(self, step: int, rank: int = 0) -> None:
        """Seed one step of one process alone, so that a continued run draws the same."""
        words = np.random.SeedSequence((self.seed, step, rank)).generate_state(1, np.uint64)
        self.generator.manual_seed(int(words[0] >> np.uint64(1)))

    def __call__(self, batch: Batch) -> Batch:
        """Change a batch.

        Shape:
            - target: ``(batch,)``; mixed targets come back as ``(batch, num_classes)``
        """
        features, lengths, target = batch
        if self.augment.changes_waveforms:
            features, lengths = self._of_changed_waveforms(features, lengths)
        if self.augment.mixup is not None:
            target = one_hot(target, self.num_classes).to(features)
        mean = self.mean.to(features)
        if self.front_end.sequence:
            mean = mean[:, None]
            features = torch.where(frame_mask(lengths, features.shape[-1])[:, None], features, mean)
        given = self.augment.change_features(features, lengths, target, self.generator, fill=mean)
        return Batch(*given)

    def _of_changed_waveforms(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        waveform, samples = self.augment.change_waveforms(features[:, 0], lengths, self.generator)
        return self.front_end.to(waveform.device).transform(waveform, samples)
