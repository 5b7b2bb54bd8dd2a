"""Time that tracks spend above parts of their range, and where their extremes lie."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.functionals.tracks import Tracks

PARTS = (25, 50, 75, 90)  # per cent of the range
NAMES = (*(f"time_above_{part}" for part in PARTS), "place_of_maximum", "place_of_minimum")


def levels(tracks: Tracks) -> Tensor:
    """Return shares of frames, and places from 0, the first frame, to 1, the last.

    Of equal extremes the first counts. A constant is never above, and its places are 0.

    Shape:
        - output: ``(tracks, 6)``
    """
    limits = [tracks.lowest + part / 100 * tracks.span for part in PARTS]
    above = [(tracks.values > limit).float().mean(1) for limit in limits]
    places = [_first(tracks.values == extreme) for extreme in (tracks.highest, tracks.lowest)]
    return torch.stack([*above, *places], 1)


def _first(marks: Tensor) -> Tensor:
    frames = marks.shape[1]
    index = torch.arange(frames, device=marks.device)
    return torch.where(marks, index, frames).amin(1) / max(frames - 1, 1)
