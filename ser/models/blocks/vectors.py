"""Convolutions along the numbers of a feature vector.

``ser.models.published`` writes its stacks out itself and stays as it is when these change.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ser.errors import check_choice
from ser.models.history import FORMER_FORMS

FORMS = ("shallow", "deep")


def form_of_vectors(form: str) -> str:
    """Name of a form of the 1D networks, where ``form`` may be a former name of it.

    Raises:
        ConfigError: If ``form`` is unknown.
    """
    name = FORMER_FORMS.get(form, form)
    check_choice("form", name, FORMS)
    return name


def convolution(inputs: int, outputs: int, kernel: int, padding: str = "same") -> list[nn.Module]:
    """Convolution and ReLU; with ``"same"`` padding there are as many positions as before."""
    layers: list[nn.Module] = [nn.Conv1d(inputs, outputs, kernel), nn.ReLU()]
    if padding == "valid":
        return layers
    # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
    return [nn.ZeroPad1d(((kernel - 1) // 2, kernel // 2)), *layers]


def shallow_stack(dropout: float) -> nn.Sequential:
    """Six convolutions that halve a vector five times and end in 128 channels.

    Args:
        dropout: Factor on the dropout rates.

    Shape:
        - input: ``(batch, 1, length)``
        - output: ``(batch, 128, length // 2**5)``
    """
    layers: list[nn.Module] = [
        *convolution(1, 256, 8),
        *convolution(256, 256, 8),
        nn.MaxPool1d(2),
        nn.BatchNorm1d(256),
        nn.Dropout(0.2 * dropout),
    ]
    widths = ((256, 256, 8), (256, 128, 5), (128, 128, 5), (128, 128, 5))
    for (inputs, outputs, kernel), rate in zip(widths, (0.0, 0.2, 0.0, 0.2), strict=True):
        layers += [
            *convolution(inputs, outputs, kernel),
            nn.BatchNorm1d(outputs),
            nn.MaxPool1d(2),
        ]
        layers += [nn.Dropout(rate * dropout)] if rate else []
    return nn.Sequential(*layers)


def deep_stack(dropout: float) -> nn.Sequential:
    """Eight convolutions that halve a vector seven times and end in 64 channels.

    Args:
        dropout: Factor on the dropout rates.

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


SHORTEST_SHALLOW = 2**5  # five halvings
SHORTEST_DEEP = 2**7 + 7  # seven halvings, after a valid convolution of eight


def squares_of_second(convolutions: nn.Sequential) -> Tensor:
    """Squared kernel and bias of the second convolution (Keras ``l2``, no factor 1/2)."""
    second = [layer for layer in convolutions if isinstance(layer, nn.Conv1d)][1]
    return torch.stack([parameter.square().sum() for parameter in second.parameters()]).sum()
