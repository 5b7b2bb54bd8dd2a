"""Residual network of fifty layers."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ser.errors import check_choice
from ser.models.blocks.bottleneck import Bottleneck, bottlenecks
from ser.models.blocks.he import he_normal
from ser.models.blocks.masking import (
    MaskedBatchNorm2d,
    frame_mask,
    mean_over_frames,
    shrink,
    zero_padding,
)
from ser.models.blocks.pictures import as_picture
from ser.models.published import resnet50 as published
from ser.models.registry import register
from ser.models.stemmed import StemmedClassifier


@register
class ResNet50(StemmedClassifier):
    """ResNet-50 over features seen as a picture of one channel.

    Layers are named and computed as in torchvision, so that weights trained on pictures fit all
    but ``conv1`` (one channel here) and ``fc``. Padding is masked, so that the logits of an
    utterance do not depend on its batch. Weights are drawn for ReLUs, and the last
    normalisation of a block starts at zero.

    Differs from the published network in five points. There are no biases before a batch
    normalisation. The first convolution has a stride of 4, which leaves a quarter of the positions
    to all others; networks for pictures have 2. Within a block the stride is on the 3x3
    convolution, which then skips no position. The mean over frames stands in the place of the
    flattened maps, so that any number of frames fits and 18 432 weights a class become 2 048. Half
    of the utterances are learned without the mean of each band, and an answer is the mean of those
    with and without.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        num_frames: Frames of an utterance, which the published form needs; any number fits here.
        stride_at: Convolution of a block that has the stride: 1, the first 1x1, or 3, the 3x3;
            None takes that of the form, here 3.
        dropout: Dropout rate before the dense layer.
        stem_stride: Stride of the first convolution, 4, or 2 as in torchvision.
        optimisation: Further arguments of ``StemmedClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``stride_at`` or ``stem_stride`` is unknown, or the features are not a
            matrix.

    References:
        He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016.
        https://doi.org/10.1109/CVPR.2016.90

        Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, for
        the stride and the zero. https://arxiv.org/abs/1706.02677
    """

    stem_strides: ClassVar[tuple[int, ...]] = (2, 4)
    published_form = published.ResNet50

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
        stride_at = 3 if stride_at is None else stride_at
        check_choice("stride_at", stride_at, (1, 3))
        self.conv1 = nn.Conv2d(1, 64, 7, stem_stride, padding=3, bias=False)
        self.bn1 = MaskedBatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        self.layer1 = bottlenecks(64, 64, 3, stride=1, stride_at=stride_at, bias=False)
        self.layer2 = bottlenecks(256, 128, 4, stride=2, stride_at=stride_at, bias=False)
        self.layer3 = bottlenecks(512, 256, 6, stride=2, stride_at=stride_at, bias=False)
        self.layer4 = bottlenecks(1024, 512, 3, stride=2, stride_at=stride_at, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2048, num_classes)
        self.apply(he_normal)
        for block in self.modules():
            if isinstance(block, Bottleneck):
                nn.init.zeros_(block.bn3.weight)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        maps, lengths = self._stem(as_picture(features), lengths)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            for block in stage:
                maps, lengths = block(maps, lengths)
        pooled = mean_over_frames(maps, frame_mask(lengths, maps))
        logits: Tensor = self.fc(self.dropout(pooled))
        return logits

    def _stem(self, maps: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        maps = self.conv1(maps)  # padding comes in as zero, from the base class
        lengths = shrink(lengths, 7, self.stem_stride, padding=3)
        mask = frame_mask(lengths, maps)
        # After a ReLU zero is no rival to a maximum, as -inf beyond the edge is none.
        maps = self.maxpool(zero_padding(self.bn1(maps, mask).relu(), mask))
        return maps, shrink(lengths, 3, 2, padding=1)
