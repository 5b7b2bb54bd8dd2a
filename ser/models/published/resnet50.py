"""The published residual network of fifty layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError, check_choice
from ser.models.blocks.bottleneck import bottlenecks
from ser.models.blocks.pictures import as_picture
from ser.models.published.form import StemlessForm
from ser.models.registry import register


@register
class ResNet50(StemlessForm):
    """The ResNet-50 of the source: a dense layer on flattened maps, for a fixed number of frames.

    There are biases in the convolutions, no padding around the max pooling, and the stride is on
    the first 1x1 convolution of a block. Utterances are cut or filled up with zeros to
    ``num_frames``; padding is read as signal.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients a frame; 40 in the source.
        num_frames: Frames of an utterance; 517 in the source.
        stride_at: Convolution of a block that has the stride: 1, the first 1x1, or 3, the 3x3;
            None takes that of the form, here 1.
        dropout: Dropout rate before the dense layer; none in the source.
        stem_stride: Argument of the default form; the first convolution has a stride of 2 here.
        optimisation: Further arguments of ``StemlessForm``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, or None; not used
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``stride_at`` is unknown, ``num_frames`` missing, ``num_features`` too
            small, or the features are not a matrix.
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        num_frames: int | None = None,
        stride_at: int | None = None,
        dropout: float = 0.0,
        stem_stride: int = 4,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, stem_stride=stem_stride, **optimisation)
        stride_at = 1 if stride_at is None else stride_at
        check_choice("stride_at", stride_at, (1, 3))
        self.num_frames = _checked_frames(num_features, num_frames)
        self.conv1 = nn.Conv2d(1, 64, 7, 2, padding=3)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2)
        self.layer1 = bottlenecks(64, 64, 3, stride=1, stride_at=stride_at, bias=True)
        self.layer2 = bottlenecks(256, 128, 4, stride=2, stride_at=stride_at, bias=True)
        self.layer3 = bottlenecks(512, 256, 6, stride=2, stride_at=stride_at, bias=True)
        self.layer4 = bottlenecks(1024, 512, 3, stride=2, stride_at=stride_at, bias=True)
        self.avgpool = nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False)
        self.dropout = nn.Dropout(dropout)
        positions = _pooled(num_features) * _pooled(self.num_frames)
        self.fc = nn.Linear(2048 * positions, num_classes)
        self.as_in_keras()
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; padding is read as signal."""
        maps = as_picture(features)
        maps = functional.pad(maps, (0, self.num_frames - maps.shape[-1]))  # negative: cut
        maps = self.maxpool(self.bn1(self.conv1(maps)).relu())
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            for block in stage:
                maps, _ = block(maps, None)
        logits: Tensor = self.fc(self.dropout(self.avgpool(maps).flatten(1)))
        return logits


def _checked_frames(num_features: int, num_frames: int | None) -> int:
    if num_features < SHORTEST:
        raise ConfigError(
            f"num_features={num_features} is too small for the max pooling of the published "
            f"ResNet50, which needs {SHORTEST}; take more coefficients, or recipe=default."
        )
    if num_frames is None:
        raise ConfigError(
            "num_frames=None: the published ResNet50 flattens its maps and needs the number of "
            "frames; build it with ResNet50.for_data(datamodule), pass num_frames, or take "
            "recipe=default."
        )
    return max(num_frames, SHORTEST)


def _pooled(size: int) -> int:
    """Positions along an axis that are left to be flattened."""
    pooled = ((size + 1) // 2 - 3) // 2 + 1
    for _ in range(4):  # three stages with a stride, and the average pooling, round up
        pooled = (pooled + 1) // 2
    return pooled


SHORTEST = 5  # the 7x7 convolution makes three positions of it, one window of the max pooling
