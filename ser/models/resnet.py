"""Small residual network of large kernels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.models.blocks.dense import dense_head
from ser.models.blocks.he import he_normal
from ser.models.blocks.masking import frame_mask, mean_over_frames, shrink, zero_padding
from ser.models.blocks.pictures import as_picture
from ser.models.blocks.residual import NormalisedConvolution, ResidualUnit
from ser.models.published import resnet as published
from ser.models.registry import register
from ser.models.stemmed import StemmedClassifier


@register
class ResNet(StemmedClassifier):
    """Two 8x8 convolutions, four residual units, a 3x3 convolution, dense layers on the mean.

    Has the widths and depths of the published network, and differs in six points. Residual
    units are the standard ones of He et al., normalised and with a ReLU after the addition.
    Convolutions are padded, so that any input fits. The first has a stride of 2, and a 2x2 max
    pooling follows each of the first two: a seventh of the published multiplications. Half of the
    utterances are learned without the mean of each band, and an answer is the mean of those with
    and without. Padding is masked, so that the logits of an utterance do not depend on its batch.
    Weights are drawn for ReLUs, after He et al.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        dropout: Factor on the published dropout rate, 0.2 after each of the two dense layers.
        optimisation: Further arguments of ``StemmedClassifier``, of which ``stem_stride=1`` has a
            3x3 pooling behind the first convolution.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``stem_stride`` is unknown, or the features are not a matrix.

    References:
        He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016.
        https://doi.org/10.1109/CVPR.2016.90
    """

    published_form = published.ResNet

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        stride = self.stem_stride
        first = NormalisedConvolution(1, 32, 8, stride)
        self.stem = nn.ModuleList([first, NormalisedConvolution(32, 64, 8)])
        self.shrinks = ((stride, 3 if stride == 1 else 2), (1, 2))  # stride and pooling
        self.units = nn.ModuleList([ResidualUnit(64, kernel) for kernel in (5, 5, 5, 3)])
        self.last = NormalisedConvolution(64, 64, 3)
        self.head = dense_head((64, 256, 128), num_classes, 0.2 * dropout)
        self.apply(he_normal)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        maps = as_picture(features)
        for convolution, (stride, size) in zip(self.stem, self.shrinks, strict=True):
            mask = frame_mask(lengths, maps)
            maps = convolution(maps, mask).relu()
            lengths = shrink(lengths, 1, stride)
            # Zero is what padding has to be: after a ReLU it is no rival to a maximum. The
            # incomplete window at the end is kept, so that one frame is enough.
            maps = zero_padding(maps, frame_mask(lengths, maps))
            maps = functional.max_pool2d(maps, size, ceil_mode=True)
            lengths = shrink(lengths, 1, size)
        mask = frame_mask(lengths, maps)
        for unit in self.units:
            maps = unit(maps, mask)
        maps = self.last(maps, mask).relu()
        logits: Tensor = self.head(mean_over_frames(maps, mask))
        return logits
