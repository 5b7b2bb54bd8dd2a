"""1D CNN over the numbers of a feature vector."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from ser.models import keras
from ser.models.classifier import EmotionClassifier
from ser.models.convolutions import (
    EMODB_SHORTEST,
    FORMS,
    RECIPES,
    check_axes,
    check_choice,
    check_length,
    convolution,
    dense_head,
    emodb_stack,
    squares_of_second,
)


class CNN1D(EmotionClassifier):
    """Convolutions along the numbers of an utterance vector, then dense layers.

    Two published forms: ``"iemocap"`` has six convolutions with batch normalisation and
    ends in dense layers of 512 and 256; ``"emodb"`` has eight, heavy dropout, and ends in
    128 and 64. Neighbouring numbers of the vector are neighbouring mel bands for the most
    part, which is what a kernel of eight can use.

    Args:
        num_classes: Number of emotions.
        num_features: Numbers in a feature vector.
        form: ``"iemocap"`` or ``"emodb"``.
        recipe: ``"published"`` averages batch statistics over some hundred steps, as Keras
            does by default; ``"default"`` over some ten, so that the validation figures of a
            small corpus, with a dozen steps an epoch, are those of the network as it is.
        penalty_weight: Weight of the squared kernel and bias of the second convolution in
            the loss; 0.01 in both published forms.
        dropout: Factor on the dropout rates of the published form.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features)``
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``form`` or ``recipe`` is unknown, the vector is too short for the
            poolings, or the features are no vectors.

    References:
        Issa, Demirci and Yazici, "Speech emotion recognition with deep convolutional
        neural networks", Biomedical Signal Processing and Control 59, 2020.
        https://doi.org/10.1016/j.bspc.2020.101894
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        form: str = "iemocap",
        recipe: str = "default",
        penalty_weight: float = 0.01,
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        check_choice("form", form, FORMS)
        check_choice("recipe", recipe, RECIPES)
        check_length("CNN1D", num_features, EMODB_SHORTEST)
        self.penalty_weight = penalty_weight
        if form == "emodb":
            self.convolutions = emodb_stack(dropout)
            widths, rate, before = (64 * ((num_features - 7) // 2**7), 128, 64), 0.5, 0.5
        else:
            self.convolutions = _iemocap_stack(dropout)
            widths, rate, before = (128 * (num_features // 2**5), 512, 256), 0.3, 0.0
        self.head = dense_head(widths, num_classes, rate * dropout, before * dropout)
        self.apply(keras.initialise)
        if recipe == "published":
            self.apply(keras.batch_norm)

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
    layers: list[nn.Module] = [
        *convolution(1, 256, 8),
        *convolution(256, 256, 8),
        nn.MaxPool1d(2),
        nn.BatchNorm1d(256),
        nn.Dropout(0.2 * dropout),
    ]
    rates = (None, 0.2, None, 0.2)
    widths = ((256, 256, 8), (256, 128, 5), (128, 128, 5), (128, 128, 5))
    for (inputs, outputs, kernel), rate in zip(widths, rates, strict=True):
        layers += [
            *convolution(inputs, outputs, kernel),
            nn.BatchNorm1d(outputs),
            nn.MaxPool1d(2),
        ]
        layers += [nn.Dropout(rate * dropout)] if rate else []
    return nn.Sequential(*layers)
