"""The published 1D CNNs."""

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
class CNN1D(PublishedForm):
    """The 1D CNNs of the source, ``"shallow"`` for IEMOCAP and ``"deep"`` for EmoDB.

    Args:
        num_classes: Number of emotions.
        num_features: Numbers in a feature vector; 161 and 155 in the source.
        form: ``"shallow"`` or ``"deep"``, formerly ``"iemocap"`` and ``"emodb"``.
        penalty_weight: Weight of the squared kernel and bias of the second convolution in
            the loss; 0.01 in both.
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
        self.penalty_weight = penalty_weight
        if form_of_vectors(form) == "deep":
            check_length("the deep CNN1D", num_features, EMODB_SHORTEST)
            self.convolutions = emodb_stack(dropout)
            flat = 64 * ((num_features - 7) // 2**7)
            self.head = dense_head((flat, 128, 64), num_classes, 0.5 * dropout, 0.5 * dropout)
        else:
            check_length("the shallow CNN1D", num_features, IEMOCAP_SHORTEST)
            self.convolutions = _iemocap_stack(dropout)
            flat = 128 * (num_features // 2**5)
            self.head = dense_head((flat, 512, 256), num_classes, 0.3 * dropout)
        self.as_in_keras()

    def penalty(self) -> Tensor:
        """Weighted squares of the second convolution."""
        return self.penalty_weight * squares_of_second(self.convolutions)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; a vector has no frames, so ``lengths`` does not matter."""
        check_axes(features, 2)
        maps = self.convolutions(features[:, None])  # (batch, channels, positions)
        logits: Tensor = self.head(maps.flatten(1))
        return logits


def _iemocap_stack(dropout: float) -> nn.Sequential:
    return nn.Sequential(
        *convolution(1, 256, 8),
        *convolution(256, 256, 8),
        *(nn.MaxPool1d(2), nn.BatchNorm1d(256), nn.Dropout(0.2 * dropout)),
        *convolution(256, 256, 8),
        *(nn.BatchNorm1d(256), nn.MaxPool1d(2)),
        *convolution(256, 128, 5),
        *(nn.BatchNorm1d(128), nn.MaxPool1d(2), nn.Dropout(0.2 * dropout)),
        *convolution(128, 128, 5),
        *(nn.BatchNorm1d(128), nn.MaxPool1d(2)),
        *convolution(128, 128, 5),
        *(nn.BatchNorm1d(128), nn.MaxPool1d(2), nn.Dropout(0.2 * dropout)),
    )


IEMOCAP_SHORTEST = 2**5  # five halvings
