"""Peaks of tracks that are as prominent as asked, and the valleys between them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from ser.features.functionals.prominence import prominences
from ser.features.functionals.tracks import Tracks


@dataclass(frozen=True)
class Turns:
    """Prominent peaks, and the lowest point on each side of one, up to the next or to the end.

    Args:
        row: Track of each peak.
        frame: Where it is; the middle of a plateau, rounded down.
        height: Its value.
        before: Frame of the lowest point before it, the first of equal ones.
        after: Frame of the lowest point after it.
        rise: ``height`` less the value at ``before``.
        fall: ``height`` less the value at ``after``.

    Shape:
        - all: ``(peaks,)``, track after track, in order of time
    """

    row: Tensor
    frame: Tensor
    height: Tensor
    before: Tensor
    after: Tensor
    rise: Tensor
    fall: Tensor


def turns(tracks: Tracks, part: float) -> Turns:
    """Return the peaks whose prominence is a part of the range of their track, or more.

    A peak is a frame, or a plateau of equal frames, between lower ones: the ends are none. All
    tracks lie one after the other in one list in which valleys and peaks alternate. Between a track
    and the next stands a peak of infinite height, so that whatever looks for a higher peak stops.

    Args:
        tracks: Where to look.
        part: Least prominence, as a part of maximum less minimum.
    """
    width = tracks.frames + 1
    values = pad(tracks.values, (0, 1), value=torch.inf).flatten()
    moves, upward = _moves(tracks.values)
    peak = (upward[:-1] & ~upward[1:]).nonzero()[:, 0]
    valley = (~upward[:-1] & upward[1:]).nonzero()[:, 0]
    height, depth = (_at(values, _at(moves, turn)) for turn in (peak, valley))
    row = _at(moves, peak).div(width, rounding_mode="floor")
    kept = prominences(height, depth) >= _at(part * tracks.span[:, 0], row)
    low, place = _lowest(depth, _middle(moves, valley), kept)
    kept = kept.nonzero()[:, 0]
    left = (_at(height, kept) < torch.inf).nonzero()[:, 0]  # the valley before each; then one more
    peak, row, height = (_at(of_each, _at(kept, left)) for of_each in (peak, row, height))
    before, after = _at(place, left), _at(place, left + 1)
    frame, before, after = (
        places - row * width for places in (_middle(moves, peak), before, after)
    )
    rise, fall = height - _at(low, left), height - _at(low, left + 1)
    return Turns(row, frame, height, before, after, rise, fall)


def _at(values: Tensor, places: Tensor) -> Tensor:
    """Values at some places, several times faster than by square brackets."""
    return values.index_select(0, places)


def _middle(moves: Tensor, turn: Tensor) -> Tensor:
    """Places in the middle of the equal values from a move up to the next."""
    return (_at(moves, turn) + _at(moves, turn + 1) - 1).div(2, rounding_mode="floor")


def _moves(values: Tensor) -> tuple[Tensor, Tensor]:
    """Places at which tracks rise or fall, one track after the other, and whether they rise.

    Each track falls into its first frame and rises out of its last, into a frame of its own.
    """
    change = pad(values.diff(dim=1), (1, 1))
    change[:, 0], change[:, -1] = -1.0, 1.0
    change = change.flatten()
    moves = change.nonzero()[:, 0]
    return moves, _at(change, moves) > 0


def _lowest(depth: Tensor, place: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
    """Depth and place of the lowest valley between each kept peak and the next."""
    stretch = pad(kept.cumsum(0), (1, 0))  # of each valley, counted in kept peaks before it
    size = int(stretch[-1]) + 1
    low = depth.new_full((size,), torch.inf).scatter_reduce(0, stretch, depth, "amin")
    later = torch.iinfo(place.dtype).max
    candidates = torch.where(depth == _at(low, stretch), place, later)
    return low, place.new_full((size,), later).scatter_reduce(0, stretch, candidates, "amin")
