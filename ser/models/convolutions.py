"""What networks share: convolutions, dense head, penalty, checks."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from ser.errors import ConfigError

FORMS = ("iemocap", "emodb")
RECIPES = ("default", "published")


def convolution(inputs: int, outputs: int, kernel: int, padding: str = "same") -> list[nn.Module]:
    """Convolution and ReLU; with ``"same"`` padding there are as many positions as before."""
    layers: list[nn.Module] = [nn.Conv1d(inputs, outputs, kernel), nn.ReLU()]
    if padding == "valid":
        return layers
    # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
    return [nn.ZeroPad1d(((kernel - 1) // 2, kernel // 2)), *layers]


def emodb_stack(dropout: float) -> nn.Sequential:
    """Eight convolutions that halve a vector seven times and end in 64 channels.

    Args:
        dropout: Factor on the published dropout rates.

    Shape:
        - input: ``(batch, 1, length)``
        - output: ``(batch, 64, (length - 7) // 2**7)``
    """
    layers = [*convolution(1, 256, 8), *convolution(256, 256, 8, "valid")]
    widths = (256, 256, 128, 128, 128, 256, 64)
    rates = (0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5)
    for block, (width, rate) in enumerate(zip(widths, rates, strict=True)):
        if block:
            layers += convolution(widths[block - 1], width, 8)
        layers += [nn.MaxPool1d(2), nn.BatchNorm1d(width), nn.Dropout(rate * dropout)]
    return nn.Sequential(*layers)


EMODB_SHORTEST = 2**7 + 7  # seven halvings, after a valid convolution of eight


def dense_head(
    widths: tuple[int, int, int], num_classes: int, dropout: float, before: float = 0.0
) -> nn.Sequential:
    """Two dense layers, then the logits.

    Args:
        widths: Units that go in, and of the two layers.
        num_classes: Number of emotions.
        dropout: Dropout rate after each layer.
        before: Dropout rate of what goes in.
    """
    inputs, wide, narrow = widths
    return nn.Sequential(
        nn.Dropout(before),
        nn.Linear(inputs, wide),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(wide, narrow),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(narrow, num_classes),
    )


def squares_of_second(convolutions: nn.Sequential) -> Tensor:
    """Squared kernel and bias of the second convolution (Keras ``l2``, no factor 1/2)."""
    second = [layer for layer in convolutions if isinstance(layer, nn.Conv1d)][1]
    return torch.stack([parameter.square().sum() for parameter in second.parameters()]).sum()


def check_choice(name: str, value: str, allowed: Iterable[str]) -> None:
    """Refuse a value that is not among the allowed ones.

    Raises:
        ConfigError: If it is not.
    """
    if value not in (names := list(allowed)):
        raise ConfigError(f"{name}={value!r} is unknown; choose one of {', '.join(names)}.")


def check_length(network: str, num_features: int, shortest: int) -> None:
    """Refuse a vector that the poolings would halve away.

    Raises:
        ConfigError: If ``num_features`` is below ``shortest``.
    """
    if num_features < shortest:
        raise ConfigError(
            f"num_features={num_features} is too short for the poolings of {network}, which need "
            f"{shortest}; take richer features, such as features=statistics."
        )


def check_axes(features: Tensor, axes: int) -> None:
    """Refuse vectors where a network reads frames, and frames where it reads vectors.

    Args:
        features: Features of a batch.
        axes: 2 for ``(batch, num_features)``, 3 for ``(batch, num_features, frames)``.

    Raises:
        ConfigError: If they have other axes, or not one frame.
    """
    if features.ndim != axes or not features.shape[-1]:
        form, choice = EXPECTED[axes]
        raise ConfigError(
            f"features of shape {tuple(features.shape)} are no {form}; take {choice}."
        )


EXPECTED = {
    2: ("vectors, (batch, num_features)", "features=statistics"),
    3: ("matrix of frames, (batch, num_features, frames)", "features=logmel or features=mfcc"),
}
