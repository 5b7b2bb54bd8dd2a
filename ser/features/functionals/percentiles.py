"""Percentiles of tracks and the ranges between them."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.functionals.tracks import Tracks

SHARES = (1, 5, 25, 50, 75, 95, 99)
RANGES = ((25, 50), (50, 75), (25, 75), (1, 99))
NAMES = (
    *(f"percentile_{share:02d}" for share in SHARES),
    *(f"range_{low:02d}_{high:02d}" for low, high in RANGES),
)


def percentiles(tracks: Tracks) -> Tensor:
    """Return percentiles, interpolated between neighbours in rank, and differences of some.

    Of a constant, each percentile is that constant, and each difference is 0.

    Shape:
        - output: ``(tracks, 11)``
    """
    places = tracks.values.new_tensor(SHARES) / 100 * (tracks.frames - 1)
    below = places.long()
    above = (below + 1).clamp(max=tracks.frames - 1)
    found = torch.lerp(tracks.ranked[:, below], tracks.ranked[:, above], places - below)
    low, high = ([SHARES.index(pair[side]) for pair in RANGES] for side in (0, 1))
    return torch.cat([found, found[:, high] - found[:, low]], 1)
