"""Initial weights for layers that a ReLU follows."""

from __future__ import annotations

from torch import nn


def he_normal(layer: nn.Module) -> None:
    """Draw the weights of a convolution so that a ReLU keeps the scale of its gradient.

    References:
        He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
        https://doi.org/10.1109/ICCV.2015.123
    """
    if isinstance(layer, nn.Conv2d):
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
