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
    parts = tracks.values.new_tensor(PARTS) / 100
    below = torch.searchsorted(tracks.ranked, tracks.lowest + parts * tracks.span, right=True)
    places = torch.stack([tracks.values.argmax(1), tracks.values.argmin(1)], 1)
    return torch.cat([1 - below / tracks.frames, places / max(tracks.frames - 1, 1)], 1)
