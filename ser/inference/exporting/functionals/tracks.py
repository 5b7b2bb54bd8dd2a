"""Tracks of a padded batch, and the functionals of them that are no peaks."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ser.features.frames import frame_mask
from ser.features.functionals.levels import PARTS
from ser.features.functionals.percentiles import RANGES, SHARES
from ser.features.functionals.tracks import STILL


@dataclass(frozen=True)
class BatchTracks:
    """Descriptors over the frames of some utterances.

    Args:
        values: The tracks, finite beyond the frames of an utterance.
        counts: Frames of each utterance.
        hop: Step between frames, in seconds.
        mask: Frames of an utterance.
        lowest: Minimum of each track.
        highest: Maximum of each track.
        mean: Mean of each track.

    Shape:
        - values: ``(batch, tracks, frames)``
        - mask: ``(batch, 1, frames)``
        - counts: ``(batch,)``
        - lowest, highest, mean: ``(batch, tracks, 1)``
    """

    values: Tensor
    counts: Tensor
    hop: float
    mask: Tensor
    lowest: Tensor
    highest: Tensor
    mean: Tensor

    @classmethod
    def of(cls, values: Tensor, counts: Tensor, hop: float) -> BatchTracks:
        """Measure tracks."""
        mask = frame_mask(counts, values.shape[2])[:, None]
        lowest, highest = _ends(values, mask)
        mean = (values * mask).sum(2, keepdim=True) / counts[:, None, None]
        mean = torch.where(lowest < highest, mean, lowest)
        return cls(values, counts, hop, mask, lowest, highest, mean)

    @property
    def span(self) -> Tensor:
        """Maximum less minimum, ``(batch, tracks, 1)``."""
        return self.highest - self.lowest


def smoothed(values: Tensor, counts: Tensor) -> Tensor:
    """Return means over 3 frames; the ends of each utterance are repeated."""
    behind, here, ahead = (_moved(values, counts, step) for step in (-1, 0, 1))
    return (behind + here + ahead) / 3


def steadied(values: Tensor, counts: Tensor) -> Tensor:
    """Return tracks of which those that move by rounding alone are constant."""
    lowest, highest = _ends(values, frame_mask(counts, values.shape[2])[:, None])
    still = highest - lowest <= STILL * torch.maximum(lowest.abs(), highest.abs())
    return torch.where(still, lowest, values)


def deltas(values: Tensor, counts: Tensor) -> Tensor:
    """Return the slope of a line through 5 frames; the ends of each utterance are repeated."""
    far, near, ahead, beyond = (_moved(values, counts, step) for step in (-2, -1, 1, 2))
    return (ahead - near + 2 * (beyond - far)) / 10


def moments(tracks: BatchTracks) -> Tensor:
    """Return mean, deviation, skewness and kurtosis, ``(batch, tracks, 4)``."""
    moving, count = tracks.span > 0, tracks.counts[:, None]
    distance = (tracks.values - tracks.mean) / torch.where(moving, tracks.span, 1.0) * tracks.mask
    squares = distance.square()
    variance = squares.sum(2) / count
    scale = torch.where(moving[..., 0], variance, 1.0)
    skewness = (squares * distance).sum(2) / count / scale**1.5
    flatness = squares.square().sum(2) / count / scale.square() - 3
    kurtosis = torch.where(moving[..., 0], flatness, 0.0)
    deviation = variance.sqrt() * tracks.span[..., 0]
    return torch.stack([tracks.mean[..., 0], deviation, skewness, kurtosis], 2)


def percentiles(tracks: BatchTracks) -> Tensor:
    """Return percentiles and the ranges between some, ``(batch, tracks, 11)``."""
    ranked = tracks.values.masked_fill(~tracks.mask, torch.inf).sort(2).values
    last = (tracks.counts - 1)[:, None]
    places = tracks.values.new_tensor(SHARES) / 100 * last  # (batch, 7)
    below = places.long()
    above = torch.minimum(below + 1, last)
    low_end, high_end = (
        ranked.gather(2, place[:, None].expand(-1, ranked.shape[1], -1)) for place in (below, above)
    )
    found = torch.lerp(low_end, high_end, (places - below)[:, None].expand_as(low_end))
    low, high = ([SHARES.index(pair[side]) for pair in RANGES] for side in (0, 1))
    return torch.cat([found, found[..., high] - found[..., low]], 2)


def levels(tracks: BatchTracks) -> Tensor:
    """Return shares above parts of the range, and places of the extremes, ``(…, 6)``."""
    counts = tracks.counts[:, None]
    above = [
        ((tracks.values > tracks.lowest + part / 100 * tracks.span) & tracks.mask).sum(2) / counts
        for part in PARTS
    ]
    top = tracks.values.masked_fill(~tracks.mask, -torch.inf).argmax(2)
    bottom = tracks.values.masked_fill(~tracks.mask, torch.inf).argmin(2)
    places = [place / (counts - 1).clamp(min=1) for place in (top, bottom)]
    return torch.stack([*above, *places], 2)


def regression(tracks: BatchTracks) -> Tensor:
    """Return slope, curvature and error of the best line and parabola, ``(…, 3)``."""
    centred = (tracks.values - tracks.mean) * tracks.mask
    curves = _orthogonal(tracks)  # (batch, 2, frames)
    weights = curves.square().sum(2)
    factors = centred @ curves.transpose(1, 2) / torch.where(weights > 0, weights, 1.0)[:, None]
    residue = centred - factors @ curves
    error = (residue.square().sum(2) / tracks.counts[:, None]).sqrt()
    return torch.cat([factors, error[..., None]], 2)


def _orthogonal(tracks: BatchTracks) -> Tensor:
    """Time and squared time without what lower powers explain, 0 beyond the utterance."""
    own, counts = tracks.mask[:, 0], tracks.counts[:, None].double()
    place = torch.arange(tracks.values.shape[2], device=own.device).double()
    time = (place - (counts - 1) / 2) * tracks.hop * own
    square = time.square()
    square = (square - square.sum(1, keepdim=True) / counts) * own
    return torch.stack([time, square], 1).to(tracks.values)


def _moved(values: Tensor, counts: Tensor, steps: int) -> Tensor:
    """Values some frames later, those of the last or the first frame beyond them."""
    frame = torch.arange(values.shape[2], device=values.device) + steps
    frame = torch.minimum(frame.clamp(min=0), counts[:, None] - 1)
    return values.gather(2, frame[:, None].expand(-1, values.shape[1], -1))


def _ends(values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    lowest = values.masked_fill(~mask, torch.inf).amin(2, keepdim=True)
    return lowest, values.masked_fill(~mask, -torch.inf).amax(2, keepdim=True)
