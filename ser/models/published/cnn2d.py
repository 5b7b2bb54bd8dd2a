"""The published 2D CNN."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ser.models.blocks.dense import dense_head
from ser.models.blocks.masking import max_over_frames
from ser.models.blocks.pictures import as_picture
from ser.models.published.form import StemlessForm
from ser.models.published.stacks import ConvolutionBlock
from ser.models.registry import register


@register
class CNN2D(StemlessForm):
    """The 2D CNN of the source: five convolutions without pooling, dense layers on the maxima.

    Keeps every map at the size of its input, which is what its cost goes to, and reads padding
    as signal.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients a frame; 40 in the source.
        dropout: Factor on the dropout rates: 0.3 in the last convolution block, and 0.1 after
            each of the two dense layers.
        optimisation: Further arguments of ``StemlessForm``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, or None; not used
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If the features are not a matrix.
    """

    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        self.blocks = nn.ModuleList(
            [
                ConvolutionBlock(1, 64, 8),
                ConvolutionBlock(64, 64, 8),
                ConvolutionBlock(64, 128, 5),
                ConvolutionBlock(128, 128, 5),
                ConvolutionBlock(128, 256, 3, dropout=0.3 * dropout),
            ]
        )
        self.head = dense_head((256, 128, 64), num_classes, 0.1 * dropout)
        self.as_in_keras()
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; padding is read as signal."""
        maps = as_picture(features)
        for block in self.blocks:
            maps = block(maps)
        logits: Tensor = self.head(max_over_frames(maps, None))
        return logits
