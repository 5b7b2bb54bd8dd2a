"""1D CNN over the numbers of a feature vector."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ser.models import keras
from ser.models.classifier import EmotionClassifier


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
        ValueError: If ``form`` or ``recipe`` is unknown, or the vector is too short for the
            poolings.

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
        if form not in FORMS:
            raise ValueError(f"form={form!r} is unknown; choose one of {', '.join(FORMS)}.")
        if recipe not in RECIPES:
            raise ValueError(f"recipe={recipe!r} is unknown; choose one of {', '.join(RECIPES)}.")
        if num_features < SHORTEST:
            raise ValueError(
                f"num_features={num_features} is too short for the poolings of CNN1D, which need "
                f"{SHORTEST}; take richer features, such as features=statistics."
            )
        self.penalty_weight = penalty_weight
        self.convolutions, length = FORMS[form](num_features, dropout)
        self.head = _head(form, length, num_classes, dropout)
        self.apply(keras.initialise)
        if recipe == "published":
            self.apply(keras.batch_norm)

    def penalty(self) -> Tensor:
        """Squared kernel and bias of the second convolution (Keras ``l2``, no factor 1/2)."""
        second = [layer for layer in self.convolutions if isinstance(layer, nn.Conv1d)][1]
        squares = [parameter.square().sum() for parameter in second.parameters()]
        return self.penalty_weight * torch.stack(squares).sum()

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; a vector has no frames, so ``lengths`` does not matter."""
        maps = self.convolutions(features[:, None])  # (batch, channels, positions)
        logits: Tensor = self.head(maps.flatten(1))
        return logits


def _convolution(inputs: int, outputs: int, kernel: int, padding: str = "same") -> list[nn.Module]:
    convolution: list[nn.Module] = [nn.Conv1d(inputs, outputs, kernel), nn.ReLU()]
    if padding == "valid":
        return convolution
    # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
    return [nn.ZeroPad1d(((kernel - 1) // 2, kernel // 2)), *convolution]


def _iemocap(length: int, dropout: float) -> tuple[nn.Sequential, int]:
    layers: list[nn.Module] = [
        *_convolution(1, 256, 8),
        *_convolution(256, 256, 8),
        nn.MaxPool1d(2),
        nn.BatchNorm1d(256),
        nn.Dropout(0.2 * dropout),
    ]
    rates = (None, 0.2, None, 0.2)
    widths = ((256, 256, 8), (256, 128, 5), (128, 128, 5), (128, 128, 5))
    for (inputs, outputs, kernel), rate in zip(widths, rates, strict=True):
        layers += [
            *_convolution(inputs, outputs, kernel),
            nn.BatchNorm1d(outputs),
            nn.MaxPool1d(2),
        ]
        layers += [nn.Dropout(rate * dropout)] if rate else []
    return nn.Sequential(*layers), 128 * (length // 2**5)


def _emodb(length: int, dropout: float) -> tuple[nn.Sequential, int]:
    layers: list[nn.Module] = [*_convolution(1, 256, 8), *_convolution(256, 256, 8, "valid")]
    widths = (256, 256, 128, 128, 128, 256, 64)
    rates = (0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5)
    for block, (width, rate) in enumerate(zip(widths, rates, strict=True)):
        if block:
            layers += _convolution(widths[block - 1], width, 8)
        layers += [nn.MaxPool1d(2), nn.BatchNorm1d(width), nn.Dropout(rate * dropout)]
    return nn.Sequential(*layers), 64 * ((length - 7) // 2**7)


def _head(form: str, inputs: int, num_classes: int, dropout: float) -> nn.Sequential:
    wide, narrow, rate = (512, 256, 0.3) if form == "iemocap" else (128, 64, 0.5)
    return nn.Sequential(
        nn.Dropout(rate * dropout if form == "emodb" else 0.0),
        nn.Linear(inputs, wide),
        nn.ReLU(),
        nn.Dropout(rate * dropout),
        nn.Linear(wide, narrow),
        nn.ReLU(),
        nn.Dropout(rate * dropout),
        nn.Linear(narrow, num_classes),
    )


RECIPES = ("default", "published")
FORMS = {"iemocap": _iemocap, "emodb": _emodb}
SHORTEST = 2**7 + 7  # the emodb form halves seven times after a valid convolution of eight
