"""2D CNN over coefficients and frames."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ser.models.blocks import keras
from ser.models.blocks.dense import dense_head
from ser.models.blocks.masking import frame_mask, max_over_frames
from ser.models.blocks.pictures import ConvolutionBlock, as_picture
from ser.models.published import cnn2d as published
from ser.models.registry import register
from ser.models.stemmed import StemmedClassifier


@register
class CNN2D(StemmedClassifier):
    """Five convolutions over features seen as a picture of one channel, dense layers on the maxima.

    Has the layers, kernels and widths of the published network, and differs in four points. The
    first convolution has a stride of 2, and a 4x4 and a 2x2 max pooling follow it and the second:
    less than a hundredth of the multiplications. Half of the utterances are learned without the
    mean of each band, and an answer is the mean of those with and without. Padding is masked, so
    that the logits of an utterance do not depend on its batch. The dropout before the last batch
    normalisation acts on the maxima instead: before, it raises the variance that is remembered
    for evaluation, and a maximum over many positions meets hardly any that are dropped, only the
    scale of those that are not.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        dropout: Factor on the published dropout rates: 0.3 on the maxima, and 0.1 after each
            of the two dense layers.
        optimisation: Further arguments of ``StemmedClassifier``, of which ``stem_stride=1`` has a
            2x2 pooling behind each convolution but the last.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``stem_stride`` is unknown, or the features are not a matrix.

    References:
        Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", ICML 2015. https://arxiv.org/abs/1502.03167

        Li, Chen, Hu and Yang, "Understanding the disharmony between dropout and batch
        normalization by variance shift", CVPR 2019. https://doi.org/10.1109/CVPR.2019.00279
    """

    published_form = published.CNN2D

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        pools = (2, 2, 2, 2) if self.stem_stride == 1 else (4, 2, 1, 1)
        self.blocks = nn.ModuleList(
            [
                ConvolutionBlock(1, 64, 8, stride=self.stem_stride, pool=pools[0]),
                ConvolutionBlock(64, 64, 8, pool=pools[1]),
                ConvolutionBlock(64, 128, 5, pool=pools[2]),
                ConvolutionBlock(128, 128, 5, pool=pools[3]),
                ConvolutionBlock(128, 256, 3),
            ]
        )
        self.head = dense_head((256, 128, 64), num_classes, 0.1 * dropout, 0.3 * dropout)
        self.apply(keras.initialise)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        maps = as_picture(features)
        for block in self.blocks:
            maps, lengths = block(maps, lengths)
        logits: Tensor = self.head(max_over_frames(maps, frame_mask(lengths, maps)))
        return logits
