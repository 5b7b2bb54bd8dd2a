"""Small residual network of large kernels."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.models.blocks.dense import dense_head
from ser.models.blocks.he import he_normal
from ser.models.blocks.masking import frame_mask, mean_over_frames, shrink, zero_padding
from ser.models.blocks.pictures import as_picture
from ser.models.blocks.residual import NormalisedConvolution, ResidualUnit
from ser.models.classifier import EmotionClassifier
from ser.models.published import resnet as published
from ser.models.registry import register


@register
class ResNet(EmotionClassifier):
    """Two 8x8 convolutions, four residual units, a 3x3 convolution, dense layers on the mean.

    Has the widths and depths of the published network, and differs in five points. Residual
    units are the standard ones of He et al., normalised and with a ReLU after the addition.
    Every convolution keeps the size of its maps, so that any input fits. The 3x3 pooling stands
    before the second convolution, the dearest layer, and a 2x2 one after it: three tenths of
    the published multiplications. Padding is masked, so that the logits of an utterance do
    not depend on its batch. Weights are drawn for ReLUs, after He et al.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        dropout: Factor on the published dropout rate, 0.2 after each of the two dense layers.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If the features are not a matrix.

    References:
        He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016.
        https://doi.org/10.1109/CVPR.2016.90
    """

    sequence: ClassVar[bool | None] = True
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
        self.stem = nn.ModuleList(
            [NormalisedConvolution(1, 32, 8), NormalisedConvolution(32, 64, 8)]
        )
        self.units = nn.ModuleList([ResidualUnit(64, kernel) for kernel in (5, 5, 5, 3)])
        self.last = NormalisedConvolution(64, 64, 3)
        self.head = dense_head((64, 256, 128), num_classes, 0.2 * dropout)
        self.apply(he_normal)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        maps = as_picture(features)
        for convolution, size in zip(self.stem, (3, 2), strict=True):
            mask = frame_mask(lengths, maps)
            # Zero is what padding has to be: after a ReLU it is no rival to a maximum. The
            # incomplete window at the end is kept, so that one frame is enough.
            maps = zero_padding(convolution(maps, mask).relu(), mask)
            maps = functional.max_pool2d(maps, size, ceil_mode=True)
            lengths = shrink(lengths, 1, size)
        mask = frame_mask(lengths, maps)
        for unit in self.units:
            maps = unit(maps, mask)
        maps = self.last(maps, mask).relu()
        logits: Tensor = self.head(mean_over_frames(maps, mask))
        return logits
