"""The published 1D CNN-LSTMs."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from ser.models.blocks.checks import check_axes, check_length
from ser.models.blocks.dense import dense_head
from ser.models.blocks.vectors import convolution, form_of_vectors, squares_of_second
from ser.models.published.form import PublishedForm
from ser.models.published.stacks import EMODB_SHORTEST, emodb_stack
from ser.models.registry import register


@register
class CNN1DLSTM(PublishedForm):
    """The 1D CNN-LSTMs of the source, ``"shallow"`` for IEMOCAP and ``"deep"`` for EmoDB.

    The LSTMs step along the index of the feature. In the deep network that is a single step for
    the 155 numbers of the source.

    Args:
        num_classes: Number of emotions.
        num_features: Numbers in a feature vector; 161 and 155 in the source.
        form: ``"shallow"`` or ``"deep"``, formerly ``"iemocap"`` and ``"emodb"``.
        penalty_weight: Weight of the squared kernel and bias of the second convolution in
            the loss; 0.01 in the deep network, and not used in the shallow one.
        dropout: Factor on the dropout rates.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features)``
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``form`` is unknown, the vector is too short for the poolings, or the
            features are no vectors.
    """

    sequence: ClassVar[bool | None] = False

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
            check_length("the deep CNN1DLSTM", num_features, EMODB_SHORTEST)
            self.convolutions = emodb_stack(dropout)
            self.lstm = nn.LSTM(64, 512, batch_first=True)
            self.lstm.bias_hh_l0.requires_grad_(False)  # Keras' own LSTM has one bias vector
            self.head = dense_head((512, 128, 64), num_classes, 0.5 * dropout, 0.5 * dropout)
        else:
            check_length("the shallow CNN1DLSTM", num_features, 2**2)  # two halvings
            self.convolutions = _iemocap_stack()
            self.lstm = nn.LSTM(128, 128, num_layers=2, batch_first=True)
            self.head = dense_head((128, 128, 64), num_classes, 0.2 * dropout)
        self.as_in_keras()

    def penalty(self) -> Tensor | float:
        """Weighted squares of the second convolution, in the network that has them."""
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


def _iemocap_stack() -> nn.Sequential:
    return nn.Sequential(
        *convolution(1, 256, 5),
        *convolution(256, 256, 5),
        *(nn.BatchNorm1d(256), nn.MaxPool1d(2)),
        *convolution(256, 128, 5),
        *convolution(128, 128, 5),
        *(nn.BatchNorm1d(128), nn.MaxPool1d(2)),
    )
