"""2D CNN over coefficients and frames."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.models import keras
from ser.models.classifier import EmotionClassifier
from ser.models.convolutions import RECIPES, check_axes, check_choice, dense_head
from ser.models.masking import (
    MaskedBatchNorm2d,
    frame_mask,
    max_over_frames,
    shrink,
    zero_padding,
)


class CNN2D(EmotionClassifier):
    """Five convolutions over features seen as a picture of one channel, dense layers on the maxima.

    The published form keeps every map at the size of its input, which is what its cost goes
    to, and reads padding as signal.

    The default form has the same layers, kernels and widths, and differs in three points. A
    2x2 max pooling follows the ReLU of every convolution but the last: a thirteenth of the
    cost. Padding is masked, so that the logits of an utterance do not depend on its batch.
    The dropout before the last batch normalisation acts on the maxima instead: before, it
    raises the variance that is remembered for evaluation, and a maximum over many positions
    meets hardly any that are dropped, only the scale of those that are not.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        recipe: ``"published"`` or ``"default"``; README has the validation UAR of both forms.
        dropout: Factor on the published dropout rates: 0.3 in the last convolution block, or
            on the maxima, and 0.1 after each of the two dense layers.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``recipe`` is unknown, or the features are not a matrix.

    References:
        Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", ICML 2015. https://arxiv.org/abs/1502.03167

        Li, Chen, Hu and Yang, "Understanding the disharmony between dropout and batch
        normalization by variance shift", CVPR 2019. https://doi.org/10.1109/CVPR.2019.00279
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        recipe: str = "default",
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        check_choice("recipe", recipe, RECIPES)
        self.published = recipe == "published"
        inner, maxima = (0.3, 0.0) if self.published else (0.0, 0.3)
        pool = 1 if self.published else 2
        self.blocks = nn.ModuleList(
            [
                ConvolutionBlock(1, 64, 8, pool=pool),
                ConvolutionBlock(64, 64, 8, pool=pool),
                ConvolutionBlock(64, 128, 5, pool=pool),
                ConvolutionBlock(128, 128, 5, pool=pool),
                ConvolutionBlock(128, 256, 3, dropout=inner * dropout),
            ]
        )
        self.head = dense_head((256, 128, 64), num_classes, 0.1 * dropout, maxima * dropout)
        self.apply(keras.initialise)
        if self.published:
            self.apply(keras.batch_norm)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        maps = as_picture(features)
        lengths = None if self.published else lengths
        for block in self.blocks:
            maps, lengths = block(maps, lengths)
        logits: Tensor = self.head(max_over_frames(maps, frame_mask(lengths, maps)))
        return logits


class ConvolutionBlock(nn.Module):
    """Convolution, ReLU, max pooling, dropout, batch normalisation; padding takes no part.

    Args:
        inputs: Maps in.
        outputs: Maps out.
        kernel: Side of the square kernel.
        pool: Side and stride of the square pooling; 1 keeps the size of the maps.
        dropout: Dropout rate.
        normalise: Whether there is a batch normalisation.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: ``(batch, outputs, height, frames)``, height and frames divided by ``pool``
          and rounded up, and the frames of each utterance that are left
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        pool: int = 1,
        dropout: float = 0.0,
        normalise: bool = True,
    ) -> None:
        super().__init__()
        # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
        self.edge = nn.ZeroPad2d(((kernel - 1) // 2, kernel // 2) * 2)
        self.convolution = nn.Conv2d(inputs, outputs, kernel)
        self.pool = pool
        self.dropout = nn.Dropout(dropout)
        self.norm = MaskedBatchNorm2d(outputs) if normalise else None

    def forward(self, maps: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Convolve, pool and normalise."""
        mask = frame_mask(lengths, maps)
        maps = self.convolution(self.edge(zero_padding(maps, mask))).relu()
        if self.pool > 1:
            # Zero is what padding has to be: after a ReLU it is no rival to a maximum. The
            # incomplete window at the end is kept, so that one frame is enough.
            maps = functional.max_pool2d(zero_padding(maps, mask), self.pool, ceil_mode=True)
            lengths = shrink(lengths, 1, self.pool)
            mask = frame_mask(lengths, maps)
        maps = self.dropout(maps)
        return maps if self.norm is None else self.norm(maps, mask), lengths


def as_picture(features: Tensor) -> Tensor:
    """Add the channel axis, ``(batch, 1, num_features, frames)``.

    Raises:
        ConfigError: If the features are not a matrix of at least one frame an utterance.
    """
    check_axes(features, 3)
    return features[:, None]
