"""The published 2D CNN-LSTM."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ser.errors import check_choice
from ser.models.blocks.masking import max_over_frames
from ser.models.blocks.pictures import as_picture
from ser.models.published.form import StemlessForm
from ser.models.published.stacks import ConvolutionBlock
from ser.models.registry import register

KERNELS = ("8/8/8", "8/5/5")


@register
class CNN2DLSTM(StemlessForm):
    """The 2D CNN-LSTM of the source: three convolutions and two LSTMs side by side.

    Keeps every map at the size of its input, normalises the last one alone, and reads padding as
    signal: the last state is that after the silence at the end.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients a frame; 40 in the source.
        kernels: Sides of the kernels: ``"8/8/8"``, what the published figures come from, or
            ``"8/5/5"``, what its authors passed to a function that did not use it.
        dropout: Factor on the dropout rates: 0.1 after each convolution, and 0.2 after the
            first dense layer on both branches.
        optimisation: Further arguments of ``StemlessForm``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, or None; not used
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``kernels`` is unknown, or the features are not a matrix.
    """

    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        kernels: str = "8/8/8",
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        check_choice("kernels", kernels, KERNELS)
        first, second, third = (int(side) for side in kernels.split("/"))
        self.blocks = nn.ModuleList(
            [
                ConvolutionBlock(1, 64, first, dropout=0.1 * dropout, normalise=False),
                ConvolutionBlock(64, 128, second, dropout=0.1 * dropout, normalise=False),
                ConvolutionBlock(128, 256, third, dropout=0.1 * dropout),
            ]
        )
        self.lstms = nn.ModuleList(
            [nn.LSTM(num_features, 64, batch_first=True), nn.LSTM(64, 64, batch_first=True)]
        )
        self.state = nn.Sequential(nn.Linear(64, 64), nn.ReLU())
        self.head = nn.Sequential(
            nn.Linear(256 + 64, 64),
            nn.ReLU(),
            nn.Dropout(0.2 * dropout),
            nn.Linear(64, 64),
            nn.ReLU(),
            nn.Linear(64, num_classes),
        )
        self.as_in_keras()
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; padding is read as signal."""
        maps = as_picture(features)
        for block in self.blocks:
            maps = block(maps)
        states = features.transpose(1, 2)  # (batch, frames, num_features)
        for lstm in self.lstms:
            states, _ = lstm(states)
        branches = [max_over_frames(maps, None), self.state(states[:, -1])]
        logits: Tensor = self.head(torch.cat(branches, dim=1))
        return logits
