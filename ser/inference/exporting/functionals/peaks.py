"""Prominent peaks of a padded batch, and what lies between them."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.functionals.peaks import PROMINENCE
from ser.inference.exporting.functionals.scans import (
    MOST_FRAMES,
    Table,
    before,
    lowest_back_to,
    lowest_up_to_higher,
    running,
    tables,
)
from ser.inference.exporting.functionals.tracks import BatchTracks


def peaks(tracks: BatchTracks) -> Tensor:
    """Return what ``ser.features.functionals.peaks`` does, ``(batch, tracks, 11)``."""
    values = tracks.values.masked_fill(~tracks.mask, torch.inf)
    frame = torch.arange(values.shape[2], device=values.device).expand_as(values)
    middle, peak = _plateaus(values, frame, tracks)
    turned = values.flip(2)
    found, ahead = tables(values, earliest=True), tables(turned, earliest=False)
    left, right = lowest_up_to_higher(values, found), lowest_up_to_higher(turned, ahead).flip(2)
    kept = peak & (values - torch.maximum(left, right) >= PROMINENCE * tracks.span)
    last = before(running(torch.where(kept, frame, -1), torch.maximum, -1), 1, -1)
    rise, left = _lowest(values, kept, found, earliest=True)
    turned_back = _lowest(turned, kept.flip(2), ahead, earliest=False)
    fall, right = (part.flip(2) for part in turned_back)
    right = values.shape[2] - 1 - right
    hop, duration = tracks.hop, tracks.counts[:, None] * tracks.hop
    height = torch.where(kept, values - tracks.mean, 0.0)
    count, over, deviation = _summed(height, kept)
    distance = hop * (middle - middle.gather(2, last.clamp(min=0))).to(height)
    paired, apart, spread = _summed(distance, kept & (last >= 0))
    up = (values - rise) / ((middle - middle.gather(2, left)) * hop)
    down = (values - fall) / ((middle.gather(2, right) - middle) * hop)
    _, rising, steepness = _summed(up, kept)
    return torch.stack(
        [
            count / duration,
            over,
            deviation,
            tracks.mean[..., 0] + over,
            torch.where(paired > 0, apart, duration),
            spread,
            rising,
            _summed(down, kept)[1],
            steepness,
            *_directions(tracks),
        ],
        2,
    )


def _plateaus(values: Tensor, frame: Tensor, tracks: BatchTracks) -> tuple[Tensor, Tensor]:
    """Middle of the stretch of equal frames that begins at a frame, and whether it is a peak."""
    earlier = before(values, 1, torch.inf)
    start = (values != earlier) & tracks.mask
    count = tracks.counts[:, None, None]
    coming = torch.where(start, frame, MOST_FRAMES).flip(2)
    later = running(before(coming, 1, MOST_FRAMES), torch.minimum, MOST_FRAMES).flip(2)
    later = torch.minimum(later, count)  # first frame after the stretch
    falls = later < count
    after = values.gather(2, later.clamp(max=values.shape[2] - 1))
    peak = start & (values > earlier) & falls & (after < values)
    return (frame + later - 1) // 2, peak


def _lowest(
    values: Tensor, kept: Tensor, found: list[Table], *, earliest: bool
) -> tuple[Tensor, Tensor]:
    """Lowest value between each frame and the kept peak before it, and where it is."""
    frame = torch.arange(values.shape[2], device=values.device).expand_as(values)
    last = before(running(torch.where(kept, frame, -1), torch.maximum, -1), 1, -1)
    own = torch.where(values < torch.inf, frame, values.shape[2])
    end = torch.maximum(last, own.amin(2, keepdim=True) - 1)
    return lowest_back_to(values, found, end, earliest=earliest)


def _summed(values: Tensor, own: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Count, mean and deviation of the values that are marked; 0 where there are none."""
    count = own.sum(2)
    least = count.clamp(min=1)
    mean = torch.where(own, values, 0.0).sum(2) / least
    distance = torch.where(own, values - mean[..., None], 0.0)
    return count, mean, (distance.square().sum(2) / least).sqrt()


def _directions(tracks: BatchTracks) -> list[Tensor]:
    step = tracks.values.diff(dim=2)
    bend = step.diff(dim=2)
    counts = tracks.counts[:, None]
    return [
        ((change > 0) & tracks.mask[..., less:]).sum(2) / (counts - less).clamp(min=1)
        for less, change in ((1, step), (2, bend))
    ]
