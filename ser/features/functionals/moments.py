"""Moments of tracks: mean, deviation, skewness and kurtosis."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.functionals.tracks import Tracks

NAMES = ("mean", "std", "skewness", "kurtosis")


def moments(tracks: Tracks) -> Tensor:
    """Return the moments of the population, the kurtosis of a normal distribution being 0.

    Skewness and kurtosis of a constant are 0.

    Shape:
        - output: ``(tracks, 4)``
    """
    moving = tracks.span > 0
    distance = (tracks.values - tracks.mean) / torch.where(moving, tracks.span, 1.0)  # up to 1
    squares = distance.square()
    variance = squares.mean(1)
    scale = torch.where(moving[:, 0], variance, 1.0)
    skewness = (squares * distance).mean(1) / scale**1.5
    kurtosis = torch.where(moving[:, 0], squares.square().mean(1) / scale.square() - 3, 0.0)
    deviation = variance.sqrt() * tracks.span[:, 0]
    return torch.stack([tracks.mean[:, 0], deviation, skewness, kurtosis], 1)
