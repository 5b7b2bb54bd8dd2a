"""Prominence of peaks: how far one must descend from a peak before a higher one is reached."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad


def prominences(height: Tensor, depth: Tensor) -> Tensor:
    """Return the height of each peak over the higher of the lowest valleys on either side.

    Each side reaches to the nearest higher peak; one of equal height does not end it.

    Args:
        height: Peaks, infinite where a search must stop.
        depth: Valleys, one before each peak and one after the last.

    Shape:
        - height, output: ``(peaks,)``
        - depth: ``(peaks + 1,)``
    """
    before = _lowest_before(height, depth[:-1])
    after = _lowest_before(height.flip(0), depth.flip(0)[:-1]).flip(0)
    return height - torch.maximum(before, after)


def _lowest_before(height: Tensor, depth: Tensor) -> Tensor:
    """Lowest valley between each peak and the nearest higher one before it.

    Steps of falling powers of 2 lead there, each over as many peaks if none of them is higher.
    """
    place = torch.arange(len(height), device=height.device)
    lowest, finite = depth, height.clamp(max=torch.finfo(height.dtype).max)
    for step, tops, lows in reversed(_tables(height, depth)):
        free = tops.index_select(0, place) <= finite
        lowest = torch.where(free, torch.minimum(lowest, lows.index_select(0, place)), lowest)
        place = place - step * free
    return lowest


def _tables(height: Tensor, depth: Tensor) -> list[tuple[int, Tensor, Tensor]]:
    """Highest peak and lowest valley among the 1, 2, 4, … before each peak, while any is finite."""
    step, tables = 1, []
    tops, lows = _later(height, 1), _later(depth, 1)
    while bool((tops < torch.inf).any()):
        tables.append((step, tops, lows))
        tops = torch.maximum(tops, _later(tops, step))
        lows = torch.minimum(lows, _later(lows, step))
        step *= 2
    return tables


def _later(values: Tensor, step: int) -> Tensor:
    return pad(values, (min(step, len(values)), 0), value=torch.inf)[: len(values)]
