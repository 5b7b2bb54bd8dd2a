"""Small 2D CNN over a log-mel spectrogram, for new voices."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models.blocks.checks import check_axes
from ser.models.blocks.he import he_normal
from ser.models.blocks.masking import MaskedBatchNorm2d, frame_mask, shrink, zero_padding
from ser.models.blocks.pictures import as_picture
from ser.models.blocks.pooling import AttentiveStatistics
from ser.models.blocks.residual import NormalisedConvolution
from ser.models.registry import register
from ser.models.regularised import RegularisedClassifier

SHRUNK = 4  # halvings of bands and frames


@register
class CNN(RegularisedClassifier):
    """Four convolutions over a spectrogram, attentive statistics of what they hear.

    By default, half of the utterances are learned without the mean of each band, and an answer is
    the mean of those with and without: means tell speaker, microphone and level, and known voices
    need them, while for new ones emotion is in what moves. The first convolution is 5x5 with a
    stride of 2, which on validation sides is as good as a 3x3 one and a pooling, at two thirds of
    the time. Three 3x3 ones follow, each with a 2x2 max pooling; all are normalised, with a ReLU.
    What is left of the bands stays side by side; over the frames, their weighted mean and standard
    deviation are taken. Padding is masked, so that the logits of an utterance do not depend on its
    batch.

    It is meant to be trained with ``SpecAugment`` and ``Mixup``, as ``conf/model/cnn.yaml`` does.

    Args:
        num_classes: Number of emotions.
        num_features: Mel bands a frame.
        width: Maps of the first convolution; the others have 2, 4 and 4 times as many.
        dropout: Dropout rate before the logits.
        learning_rate: Highest step size of Adam.
        subtract_mean: As in ``EmotionClassifier``.
        optimisation: Further arguments of ``RegularisedClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``width`` is below 1, or the features are not a matrix.

    References:
        Okabe, Koshinaka and Shinoda, "Attentive statistics pooling for deep speaker embedding",
        Interspeech 2018. https://doi.org/10.21437/Interspeech.2018-993

        Park et al., "SpecAugment: a simple data augmentation method for automatic speech
        recognition", Interspeech 2019. https://doi.org/10.21437/Interspeech.2019-2680

        Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018.
        https://arxiv.org/abs/1710.09412
    """

    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        width: int = 32,
        dropout: float = 0.3,
        learning_rate: float = 6e-3,
        subtract_mean: bool | Literal["both"] = "both",
        **optimisation: Any,
    ) -> None:
        super().__init__(
            num_classes,
            num_features,
            learning_rate=learning_rate,
            subtract_mean=subtract_mean,
            **optimisation,
        )
        if width < 1:
            raise ConfigError(f"width={width} must be 1 or more; 32 is usual.")
        widths = (width, 2 * width, 4 * width, 4 * width)
        self.stem = nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False)
        self.norm = MaskedBatchNorm2d(width)
        self.blocks = nn.ModuleList(NormalisedConvolution(*pair, 3) for pair in pairwise(widths))
        channels = widths[-1] * -(-num_features // 2**SHRUNK)  # rounded up
        self.pooling = AttentiveStatistics(channels)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(2 * channels, num_classes))
        self.apply(he_normal)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        check_axes(features, 3)
        maps = self.stem(as_picture(features))
        lengths = shrink(lengths, 1, 2)
        maps = self.norm(maps, frame_mask(lengths, maps)).relu()
        for block in self.blocks:
            mask = frame_mask(lengths, maps)
            # Zero is what padding has to be: after a ReLU it is no rival to a maximum.
            maps = zero_padding(block(maps, mask).relu(), mask)
            maps = functional.max_pool2d(maps, 2, ceil_mode=True)
            lengths = shrink(lengths, 1, 2)
        frames = maps.flatten(1, 2)  # (batch, channels * bands, frames)
        logits: Tensor = self.head(self.pooling(frames, frame_mask(lengths, frames)))
        return logits
