"""The network: layers and ``forward`` alone; training is that of ``EmotionClassifier``."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ser.models import EmotionClassifier


class Pooled(EmotionClassifier):
    """A convolution over frames, their mean, and one layer.

    Args:
        num_classes: Number of emotions.
        num_features: Channels of the features.
        channels: Channels of the convolution.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - output: logits ``(batch, num_classes)``
    """

    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        channels: int = 8,
        learning_rate: float = 1e-2,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, learning_rate=learning_rate, **optimisation)
        self.convolution = nn.Conv1d(num_features, channels, kernel_size=5, padding=2)
        self.head = nn.Linear(channels, num_classes)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        maps = torch.relu(self.convolution(features))  # (batch, channels, frames)
        if lengths is None:
            lengths = torch.full((len(maps),), maps.shape[-1], device=maps.device)
        own = torch.arange(maps.shape[-1], device=maps.device) < lengths[:, None]
        mean = (maps * own[:, None]).sum(-1) / lengths[:, None]
        logits: Tensor = self.head(mean)
        return logits
