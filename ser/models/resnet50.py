"""Residual network of fifty layers."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import keras
from ser.models.classifier import EmotionClassifier
from ser.models.convolutions import RECIPES, check_axes, check_choice
from ser.models.masking import (
    MaskedBatchNorm2d,
    frame_mask,
    mean_over_frames,
    shrink,
    zero_padding,
)
from ser.models.resnet import he_normal


class ResNet50(EmotionClassifier):
    """ResNet-50 over features seen as a picture of one channel.

    Layers are named as in torchvision, and the default form is computed as there, so that
    weights trained on pictures fit all but ``conv1`` (one channel here) and ``fc``.

    The published form has biases in its convolutions, no padding around the max pooling, a
    stride on the first 1x1 convolution of a block, and a dense layer on flattened maps, for
    which utterances are cut or filled up with zeros to ``num_frames``. It reads padding as
    signal.

    The default form is the standard one: no biases before a batch normalisation, the stride
    on the 3x3 convolution, which then skips no position, and the mean over frames in the
    place of the flattened maps, so that any number of frames fits and 18 432 weights a class
    become 2 048. Padding is masked, so that the logits of an utterance do not depend on its
    batch. Weights are drawn for ReLUs, and the last normalisation of a block starts at zero.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        num_frames: Frames of an utterance; the published form needs it, the default ignores
            it.
        recipe: ``"published"`` or ``"default"``; README has the validation UAR of both forms.
        stride_at: Convolution of a block that has the stride: 1, the first 1x1, or 3, the
            3x3; None takes that of the recipe.
        dropout: Dropout rate before the dense layer.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``recipe`` or ``stride_at`` is unknown, ``num_frames`` missing or
            ``num_features`` too small for the published form, or the features are not a matrix.

    References:
        He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016.
        https://doi.org/10.1109/CVPR.2016.90

        Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, for
        the stride and the zero. https://arxiv.org/abs/1706.02677
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        num_frames: int | None = None,
        recipe: str = "default",
        stride_at: int | None = None,
        dropout: float = 0.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        check_choice("recipe", recipe, RECIPES)
        self.published = published = recipe == "published"
        stage = partial(_stage, stride_at=_stride_at(stride_at, published), bias=published)
        self.num_frames = _published_frames(num_features, num_frames) if published else 0
        self.conv1 = nn.Conv2d(1, 64, 7, 2, padding=3, bias=published)
        self.bn1 = MaskedBatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, padding=0 if published else 1)
        self.layer1 = stage(64, 64, 3, stride=1)
        self.layer2 = stage(256, 128, 4, stride=2)
        self.layer3 = stage(512, 256, 6, stride=2)
        self.layer4 = stage(1024, 512, 3, stride=2)
        self.avgpool = nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False)
        self.dropout = nn.Dropout(dropout)
        positions = _pooled(num_features) * _pooled(self.num_frames) if published else 1
        self.fc = nn.Linear(2048 * positions, num_classes)
        self._initialise()
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        check_axes(features, 3)
        if self.published:
            missing = self.num_frames - features.shape[-1]  # negative: frames to be cut
            features, lengths = functional.pad(features, (0, missing)), None
        maps, lengths = self._stem(features[:, None], lengths)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            for block in stage:
                maps, lengths = block(maps, lengths)
        if self.published:
            pooled = self.avgpool(maps).flatten(1)
        else:
            pooled = mean_over_frames(maps, frame_mask(lengths, maps))
        logits: Tensor = self.fc(self.dropout(pooled))
        return logits

    def _stem(self, maps: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        maps = self.conv1(maps)  # padding comes in as zero, from the base class
        lengths = shrink(lengths, 7, 2, padding=3)
        mask = frame_mask(lengths, maps)
        # After a ReLU zero is no rival to a maximum, as -inf beyond the edge is none.
        maps = self.maxpool(zero_padding(self.bn1(maps, mask).relu(), mask))
        return maps, shrink(lengths, 3, 2, padding=1)

    def _initialise(self) -> None:
        if self.published:
            self.apply(keras.initialise)
            self.apply(keras.batch_norm)
            return
        self.apply(he_normal)
        for block in self.modules():
            if isinstance(block, Bottleneck):
                nn.init.zeros_(block.bn3.weight)


class Bottleneck(nn.Module):
    """A 1x1, a 3x3 and a 1x1 convolution that learn what to add to their input.

    Args:
        inputs: Maps that go in.
        width: Maps of the 3x3 convolution; four times as many come out.
        stride: Step of the block along both axes.
        stride_at: Convolution that has the stride, 1 or 3.
        bias: Whether convolutions have biases.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - lengths: ``(batch,)``, or None
        - output: ``(batch, 4 * width, height / stride, frames / stride)``, rounded up, and
          the lengths therein
    """

    def __init__(self, inputs: int, width: int, stride: int, stride_at: int, bias: bool) -> None:
        super().__init__()
        outputs = 4 * width
        self.strides = first, second = (stride, 1) if stride_at == 1 else (1, stride)
        self.conv1 = nn.Conv2d(inputs, width, 1, first, bias=bias)
        self.bn1 = MaskedBatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, second, padding=1, bias=bias)
        self.bn2 = MaskedBatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=bias)
        self.bn3 = MaskedBatchNorm2d(outputs)
        self.downsample: nn.Sequential | None = None
        if stride > 1 or inputs != outputs:
            projection = nn.Conv2d(inputs, outputs, 1, stride, bias=bias)
            self.downsample = nn.Sequential(projection, MaskedBatchNorm2d(outputs))

    def forward(self, maps: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Add the residual."""
        shortcut, first, second = maps, *self.strides
        maps = self.conv1(maps)
        lengths = shrink(lengths, 1, first)
        mask = frame_mask(lengths, maps)
        # Only the 3x3 convolution looks at other frames, so only there padding has to be zero.
        maps = self.conv2(zero_padding(self.bn1(maps, mask).relu(), mask))
        lengths = shrink(lengths, 3, second, padding=1)
        mask = frame_mask(lengths, maps)
        maps = self.bn3(self.conv3(self.bn2(maps, mask).relu()), mask)
        if self.downsample is not None:
            projection, norm = self.downsample
            shortcut = norm(projection(shortcut), mask)
        return functional.relu(maps + shortcut), lengths


def _stage(
    inputs: int, width: int, blocks: int, *, stride: int, stride_at: int, bias: bool
) -> nn.Sequential:
    first = Bottleneck(inputs, width, stride, stride_at, bias)
    rest = [Bottleneck(4 * width, width, 1, stride_at, bias) for _ in range(blocks - 1)]
    return nn.Sequential(first, *rest)


def _stride_at(stride_at: int | None, published: bool) -> int:
    if stride_at is None:
        return 1 if published else 3
    if stride_at not in (1, 3):
        raise ConfigError(
            f"stride_at={stride_at!r} is unknown; choose 1, the first convolution of a block, or "
            "3, its 3x3 convolution (null takes that of the recipe)."
        )
    return stride_at


def _published_frames(num_features: int, num_frames: int | None) -> int:
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
    """Positions along an axis that the published form flattens."""
    pooled = ((size + 1) // 2 - 3) // 2 + 1
    for _ in range(4):  # three stages with a stride, and the average pooling, round up
        pooled = (pooled + 1) // 2
    return pooled


SHORTEST = 5  # the 7x7 convolution makes three positions of it, one window of the max pooling
