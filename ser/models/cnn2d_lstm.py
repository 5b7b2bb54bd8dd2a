"""2D CNN and LSTM side by side over coefficients and frames."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import check_choice
from ser.models.blocks import keras
from ser.models.blocks.masking import frame_mask, max_over_frames
from ser.models.blocks.pictures import ConvolutionBlock, as_picture
from ser.models.published import cnn2d_lstm as published
from ser.models.registry import register
from ser.models.stemmed import StemmedClassifier

KERNELS = ("8/8/8", "8/5/5")


@register
class CNN2DLSTM(StemmedClassifier):
    """Three convolutions and two LSTMs on the same matrix, dense layers on both outcomes.

    One branch takes the maxima of 256 maps, the other the last state of the second LSTM.

    Has the layers, kernels and widths of the published network, and differs in five points. The
    first convolution has a stride of 2, and a 4x4 and a 2x2 max pooling follow it and the second:
    less than a hundredth of the multiplications. Every convolution is followed by a batch
    normalisation, as in ``CNN2D``. Half of the utterances are learned without the mean of each
    band, and an answer is the mean of those with and without. Padding is masked, so that the
    logits of an utterance do not depend on its batch, and the last state is that at the last
    frame of the utterance. The dropout before a batch normalisation stands after it, or on the
    maxima, for the reasons given in ``CNN2D``.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        kernels: Sides of the kernels: ``"8/8/8"``, what the published figures come from, or
            ``"8/5/5"``, what its authors passed to a function that did not use it.
        dropout: Factor on the published dropout rates: 0.1 after each convolution, or on the
            maxima for the last, and 0.2 after the first dense layer on both branches.
        optimisation: Further arguments of ``StemmedClassifier``, of which ``stem_stride=1`` has a
            2x2 pooling behind the first two convolutions.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``kernels`` or ``stem_stride`` is unknown, or the features are not a
            matrix.

    References:
        Zhao et al., "Deep spectrum feature representations for speech emotion recognition",
        ASMMC-MMAC 2018, for the branches side by side.
        https://doi.org/10.1145/3267935.3267948

        Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
        https://doi.org/10.1162/neco.1997.9.8.1735
    """

    published_form = published.CNN2DLSTM

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
        self.blocks = _convolutions(kernels, self.stem_stride)
        self.between = nn.Dropout(0.1 * dropout)  # after each convolution
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
        self.apply(keras.initialise)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        branches = [self._maxima(features, lengths), self._last_state(features, lengths)]
        logits: Tensor = self.head(torch.cat(branches, dim=1))
        return logits

    def _maxima(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        maps = as_picture(features)
        first, second, third = self.blocks
        for block in (first, second):
            maps, lengths = block(maps, lengths)
            maps = self.between(maps)
        maps, lengths = third(maps, lengths)
        maxima: Tensor = self.between(max_over_frames(maps, frame_mask(lengths, maps)))
        return maxima

    def _last_state(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        states = features.transpose(1, 2)  # (batch, frames, num_features)
        for lstm in self.lstms:
            states, _ = lstm(states)
        # What an LSTM knows at a frame does not depend on the padding after it.
        row = torch.arange(states.shape[0], device=states.device)
        last = states[:, -1] if lengths is None else states[row, lengths - 1]
        outcome: Tensor = self.state(last)
        return outcome


def _convolutions(kernels: str, stem_stride: int) -> nn.ModuleList:
    first, second, third = (int(side) for side in kernels.split("/"))
    blocks = [
        ConvolutionBlock(1, 64, first, stride=stem_stride, pool=2 if stem_stride == 1 else 4),
        ConvolutionBlock(64, 128, second, pool=2),
        ConvolutionBlock(128, 256, third),
    ]
    return nn.ModuleList(blocks)
