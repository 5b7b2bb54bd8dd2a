"""Lines and parabolas through tracks."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.functionals.tracks import Tracks

NAMES = ("slope", "curvature", "regression_error")


def regression(tracks: Tracks) -> Tensor:
    """Return the slope of the best line, and curvature and error of the best parabola.

    The slope is per second, the curvature is the factor of the squared time in seconds, and the
    error is the root of the mean square that the parabola leaves. One frame has no slope, two have
    no curvature: 0.

    Shape:
        - output: ``(tracks, 3)``
    """
    centred = tracks.values - tracks.mean
    curves = _orthogonal(tracks)  # (2, frames)
    weights = curves.square().sum(1)
    factors = (centred @ curves.T) / torch.where(weights > 0, weights, 1.0)
    residue = centred - factors @ curves
    return torch.cat([factors, residue.square().mean(1, keepdim=True).sqrt()], 1)


def _orthogonal(tracks: Tracks) -> Tensor:
    """Time and squared time, without what lower powers explain; 0 where nothing is left."""
    time = torch.arange(tracks.frames, dtype=torch.float64, device=tracks.values.device)
    time = (time - time.mean()) * tracks.hop
    square = time.square() - time.square().mean()
    return torch.stack([time, square]).to(tracks.values)
