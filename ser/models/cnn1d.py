"""1D CNN over the numbers of a feature vector."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from ser.models.blocks import keras
from ser.models.blocks.checks import check_axes, check_length
from ser.models.blocks.dense import dense_head
from ser.models.blocks.vectors import (
    SHORTEST_DEEP,
    SHORTEST_SHALLOW,
    deep_stack,
    form_of_vectors,
    shallow_stack,
    squares_of_second,
)
from ser.models.classifier import EmotionClassifier
from ser.models.published import cnn1d as published
from ser.models.registry import register


@register
class CNN1D(EmotionClassifier):
    """Convolutions along the numbers of an utterance vector, then dense layers.

    Of the two forms, ``"shallow"`` has six convolutions and ends in dense layers of 512 and
    256; ``"deep"`` has eight, heavy dropout, and ends in 128 and 64. Neighbouring numbers of
    the vector are neighbouring mel bands for the most part, which is what a kernel of eight
    can use.

    Differs from the published networks, whose layers it has, in the batch normalisation:
    statistics are averaged over some ten steps and not over some hundred, so that the
    validation figures of a small corpus, with a dozen steps an epoch, are those of the
    network as it is.

    Args:
        num_classes: Number of emotions.
        num_features: Numbers in a feature vector.
        form: ``"shallow"`` or ``"deep"``, formerly ``"iemocap"`` and ``"emodb"``.
        penalty_weight: Weight of the squared kernel and bias of the second convolution in
            the loss.
        dropout: Factor on the dropout rates of the published network.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features)``
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``form`` is unknown, the vector is too short for the poolings, or the
            features are no vectors.

    References:
        Issa, Demirci and Yazici, "Speech emotion recognition with deep convolutional
        neural networks", Biomedical Signal Processing and Control 59, 2020.
        https://doi.org/10.1016/j.bspc.2020.101894
    """

    sequence: ClassVar[bool | None] = False
    published_form = published.CNN1D

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
            check_length("the deep CNN1D", num_features, SHORTEST_DEEP)
            self.convolutions = deep_stack(dropout)
            flat = 64 * ((num_features - 7) // 2**7)
            self.head = dense_head((flat, 128, 64), num_classes, 0.5 * dropout, 0.5 * dropout)
        else:
            check_length("the shallow CNN1D", num_features, SHORTEST_SHALLOW)
            self.convolutions = shallow_stack(dropout)
            flat = 128 * (num_features // 2**5)
            self.head = dense_head((flat, 512, 256), num_classes, 0.3 * dropout)
        self.apply(keras.initialise)

    def penalty(self) -> Tensor:
        """Weighted squares of the second convolution."""
        return self.penalty_weight * squares_of_second(self.convolutions)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; a vector has no frames, so ``lengths`` does not matter."""
        check_axes(features, 2)
        maps = self.convolutions(features[:, None])  # (batch, channels, positions)
        logits: Tensor = self.head(maps.flatten(1))
        return logits
