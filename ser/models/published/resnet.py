"""The published small residual network."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models.blocks.dense import dense_head
from ser.models.blocks.masking import mean_over_frames
from ser.models.blocks.pictures import as_picture
from ser.models.published.form import StemlessForm
from ser.models.registry import register


@register
class ResNet(StemlessForm):
    """The residual network of the source: "valid" convolutions, no batch normalisation.

    Nothing comes after an addition. Padding is read as signal; frames too few for the
    convolutions are filled up with zeros.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients a frame; 40 in the source.
        dropout: Factor on the dropout rate, 0.2 after each of the two dense layers.
        optimisation: Further arguments of ``StemlessForm``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, or None; not used
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``num_features`` is too small, or the features are not a matrix.
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
        if num_features < SHORTEST:
            raise ConfigError(
                f"num_features={num_features} is too small for the valid convolutions of the "
                f"published ResNet, which need {SHORTEST}; take more coefficients, or "
                "recipe=default."
            )
        self.stem = nn.ModuleList([Convolution(1, 32, 8), Convolution(32, 64, 8)])
        self.units = nn.ModuleList([ResidualUnit(64, kernel) for kernel in (5, 5, 5, 3)])
        self.last = Convolution(64, 64, 3)
        self.head = dense_head((64, 256, 128), num_classes, 0.2 * dropout)
        self.as_in_keras()
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; padding is read as signal."""
        maps = as_picture(features)
        maps = functional.pad(maps, (0, max(0, SHORTEST - maps.shape[-1])))
        for convolution in self.stem:
            maps = convolution(maps).relu()
        maps = functional.max_pool2d(maps, 3)
        for unit in self.units:
            maps = unit(maps)
        maps = self.last(maps).relu()
        logits: Tensor = self.head(mean_over_frames(maps, None))
        return logits


class Convolution(nn.Module):
    """A convolution under the name that it has in checkpoints.

    Args:
        inputs: Maps that go in.
        outputs: Maps that come out.
        kernel: Side of the square kernel.
        padding: Zeros around the maps; none is "valid" in Keras.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - output: ``(batch, outputs, height, frames)``, ``kernel - 1`` less each if valid
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, padding: int = 0) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, padding=padding)

    def forward(self, maps: Tensor) -> Tensor:
        """Convolve."""
        convolved: Tensor = self.convolution(maps)
        return convolved


class ResidualUnit(nn.Module):
    """Two convolutions that learn what to add to their input; the ReLU is before the addition.

    Args:
        width: Maps in and out.
        kernel: Side of the square kernels, odd.

    Shape:
        - maps: ``(batch, width, height, frames)``
        - output: as ``maps``
    """

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.first = Convolution(width, width, kernel, padding=kernel // 2)
        self.second = Convolution(width, width, kernel, padding=kernel // 2)

    def forward(self, maps: Tensor) -> Tensor:
        """Add the residual."""
        return maps + functional.relu(self.second(self.first(maps).relu()))


SHORTEST = 7 + 7 + 3 * 3  # two valid 8x8, then three windows of the pooling for the valid 3x3
