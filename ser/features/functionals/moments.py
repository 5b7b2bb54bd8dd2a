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
    centred = tracks.values - tracks.mean
    squares = centred.square()
    variance = squares.mean(1)
    moving = variance > 0
    scale = torch.where(moving, variance, 1.0)
    skewness = (squares * centred).mean(1) / scale**1.5
    kurtosis = torch.where(moving, squares.square().mean(1) / scale.square() - 3, 0.0)
    return torch.stack([tracks.mean[:, 0], variance.sqrt(), skewness, kurtosis], 1)
