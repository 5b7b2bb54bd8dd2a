"""Peaks of tracks and the slopes towards and away from them."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.functionals.tracks import Tracks
from ser.features.functionals.turns import Turns, turns

PROMINENCE = 0.1  # of the range of a track
NAMES = (
    *("peak_rate", "peak_height_over_mean", "peak_std", "peak_mean"),
    *("peak_distance_mean", "peak_distance_std"),
    *("rise_mean", "fall_mean", "rise_std", "rising_share", "convex_share"),
)


def peaks(tracks: Tracks) -> Tensor:
    """Return how many peaks there are, how high, how far apart, and how steep.

    The rate is per second, distances are in seconds, rises and falls are per second, from the
    lowest point between two peaks to the peak and back. Without a peak the mean height is the mean
    of the track and the other numbers are 0; with fewer than two the mean distance is the duration.

    Shape:
        - output: ``(tracks, 11)``
    """
    found = turns(tracks, PROMINENCE)
    return torch.stack([*_heights(tracks, found), *_distances(tracks, found),
                        *_steepness(tracks, found), *_directions(tracks)], 1)  # fmt: skip


def _heights(tracks: Tracks, found: Turns) -> list[Tensor]:
    count, over, deviation = _by_track(found.height - tracks.mean[found.row, 0], found.row, tracks)
    duration = tracks.frames * tracks.hop
    return [count / duration, over, deviation, tracks.mean[:, 0] + over]


def _distances(tracks: Tracks, found: Turns) -> list[Tensor]:
    same = (found.row[1:] == found.row[:-1]).nonzero()[:, 0]
    distance = tracks.hop * found.frame.diff()[same].to(tracks.values)
    count, mean, deviation = _by_track(distance, found.row[same], tracks)
    return [torch.where(count > 0, mean, tracks.frames * tracks.hop), deviation]


def _steepness(tracks: Tracks, found: Turns) -> list[Tensor]:
    rises = found.rise / ((found.frame - found.before) * tracks.hop)
    falls = found.fall / ((found.after - found.frame) * tracks.hop)
    _, rise, deviation = _by_track(rises, found.row, tracks)
    return [rise, _by_track(falls, found.row, tracks)[1], deviation]


def _directions(tracks: Tracks) -> list[Tensor]:
    """Shares of steps that go up, and of inner frames below the mean of their neighbours."""
    step = tracks.values.diff(dim=1)
    return [(change > 0).sum(1) / max(change.shape[1], 1) for change in (step, step.diff(dim=1))]


def _by_track(values: Tensor, row: Tensor, tracks: Tracks) -> tuple[Tensor, Tensor, Tensor]:
    """Count, mean and deviation of the values of each track; 0 where there are none."""

    def summed(parts: Tensor) -> Tensor:
        return parts.new_zeros(len(tracks.values)).index_add(0, row, parts)

    count = summed(torch.ones_like(values))
    least = count.clamp(min=1)
    mean = summed(values) / least
    deviation = (summed((values - mean[row]).square()) / least).sqrt()
    return count, mean, deviation
