"""1D CNN over the numbers of a feature vector, then LSTMs over the positions that are left."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from ser.models.blocks import keras
from ser.models.blocks.checks import check_axes, check_length
from ser.models.blocks.dense import dense_head
from ser.models.blocks.vectors import (
    SHORTEST_DEEP,
    convolution,
    deep_stack,
    form_of_vectors,
    squares_of_second,
)
from ser.models.classifier import EmotionClassifier
from ser.models.published import cnn1d_lstm as published
from ser.models.registry import register


@register
class CNN1DLSTM(EmotionClassifier):
    """Convolutions along the numbers of an utterance vector, LSTMs over what they leave.

    The "time" of the LSTMs is the index of the feature: they read the vector from its first
    number to its last, not the utterance from its beginning to its end.

    Of the two forms, ``"shallow"`` has four convolutions, which leave a quarter of the
    positions to two LSTMs of 128; ``"deep"`` has the eight convolutions of ``CNN1D``, which
    leave a single position of 155 numbers, so that its LSTM of 512 is a gated dense layer
    whose recurrent weights are never used. Differs from the published networks as ``CNN1D``.

    Args:
        num_classes: Number of emotions.
        num_features: Numbers in a feature vector.
        form: ``"shallow"`` or ``"deep"``, formerly ``"iemocap"`` and ``"emodb"``.
        penalty_weight: Weight of the squared kernel and bias of the second convolution in
            the loss; ``"deep"`` alone.
        dropout: Factor on the dropout rates of the published network.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features)``
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``form`` is unknown, the vector is too short for the poolings, or the
            features are no vectors.

    References:
        Zhao, Mao and Chen, "Speech emotion recognition using deep 1D & 2D CNN LSTM networks",
        Biomedical Signal Processing and Control 47, 2019 (convolutions, then an LSTM; there
        over time). https://doi.org/10.1016/j.bspc.2018.08.035
    """

    sequence: ClassVar[bool | None] = False
    published_form = published.CNN1DLSTM

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        form: str = "shallow",
        penalty_weight: float = 0.01,
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        deep = form_of_vectors(form) == "deep"
        self.penalty_weight = penalty_weight if deep else 0.0
        if deep:
            check_length("the deep CNN1DLSTM", num_features, SHORTEST_DEEP)
            self.convolutions = deep_stack(dropout)
            self.lstm = nn.LSTM(64, 512, batch_first=True)
            self.lstm.bias_hh_l0.requires_grad_(False)  # Keras' own LSTM has one bias vector
            self.head = dense_head((512, 128, 64), num_classes, 0.5 * dropout, 0.5 * dropout)
        else:
            check_length("the shallow CNN1DLSTM", num_features, 2**2)  # two halvings
            self.convolutions = _shallow_stack()
            self.lstm = nn.LSTM(128, 128, num_layers=2, batch_first=True)
            self.head = dense_head((128, 128, 64), num_classes, 0.2 * dropout)
        self.apply(keras.initialise)

    def penalty(self) -> Tensor | float:
        """Weighted squares of the second convolution, in the form that has them."""
        if not self.penalty_weight:
            return 0.0
        return self.penalty_weight * squares_of_second(self.convolutions)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; a vector has no frames, so ``lengths`` does not matter."""
        check_axes(features, 2)
        maps = self.convolutions(features[:, None])  # (batch, channels, positions)
        states, _ = self.lstm(maps.transpose(1, 2))  # (batch, positions, hidden_size)
        logits: Tensor = self.head(states[:, -1])
        return logits


def _shallow_stack() -> nn.Sequential:
    return nn.Sequential(
        *convolution(1, 256, 5),
        *convolution(256, 256, 5),
        nn.BatchNorm1d(256),
        nn.MaxPool1d(2),
        *convolution(256, 128, 5),
        *convolution(128, 128, 5),
        nn.BatchNorm1d(128),
        nn.MaxPool1d(2),
    )
