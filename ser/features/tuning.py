"""How far an utterance's pitches lie from the tempered scale at A = 440 Hz."""

from __future__ import annotations

import torch
from torch import Tensor

STEPS = 100  # tunings that are distinguished, from -0.5 up to 0.49 of a bin
LOWEST, HIGHEST = 150.0, 4000.0  # range in which spectral peaks are taken for pitches, in Hz
REL_PEAK = 0.1  # a peak counts from this part of its frame's maximum


def estimate_tuning(magnitude: Tensor, sample_rate: float, bins_per_octave: int = 12) -> Tensor:
    """Estimate the tuning of each utterance from the peaks of its spectra.

    The louder half of the peaks votes; each vote is the distance of the interpolated peak to the
    nearest bin of the scale, in steps of 0.01 bin. Without a peak the tuning is 0.

    Args:
        magnitude: Magnitude spectra, 0 in frames that do not belong to the utterance.
        sample_rate: Sampling rate, in Hz.
        bins_per_octave: Bins of the scale.

    Shape:
        - magnitude: ``(batch, bins, frames)``
        - output: ``(batch,)``, int64: tuning = ``index / STEPS - 0.5`` bins

    References:
        Smith, Serra, "PARSHL: an analysis/synthesis program for non-harmonic sounds based on a
        sinusoidal representation", ICMC 1987 (parabolic interpolation of peaks).
    """
    utterance, pitch, height = _peaks(magnitude.detach(), sample_rate)
    batch = len(magnitude)
    loud = height >= _medians(height, utterance, batch)[utterance]
    utterance, pitch = utterance[loud], pitch[loud]
    step = step_of(pitch, bins_per_octave)
    votes = torch.bincount(utterance * STEPS + step, minlength=batch * STEPS).view(batch, STEPS)
    return torch.where(votes.any(1), votes.argmax(1), STEPS // 2)


def step_of(pitch: Tensor, bins_per_octave: int = 12) -> Tensor:
    """Return the tuning step in which each frequency in Hz lies."""
    distance = torch.remainder(bins_per_octave * torch.log2(pitch / 27.5), 1.0)  # above a bin
    return ((distance.double() * STEPS).long() + STEPS // 2) % STEPS  # from half a bin below


def _peaks(magnitude: Tensor, sample_rate: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return utterance index, interpolated frequency in Hz and height of every spectral peak."""
    place, around, (first, width) = candidates(magnitude, sample_rate)
    utterance, frame, index = place.nonzero(as_tuple=True)
    left, peak, right = (part[utterance, frame, index] for part in around)
    shift, height = vertex(left, peak, right)
    return utterance, (index + first + shift.double()).mul(width).float(), height


def candidates(
    magnitude: Tensor, sample_rate: float
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor], tuple[int, float]]:
    """Mark the bins of spectra that are peaks, among those that may be pitches.

    Shape:
        - magnitude: ``(batch, bins, frames)``

    Returns:
        Which are peaks; the magnitudes of the bin below, of the bin itself and of the one above,
        each ``(batch, frames, candidates)``; the first bin, and the width of one in Hz.
    """
    width = sample_rate / (2 * (magnitude.shape[1] - 1))  # Hz per bin
    first = max(int(-(-LOWEST // width)), 1)
    stop = int(-(-min(HIGHEST, sample_rate / 2) // width))
    spectra = magnitude.transpose(1, 2)  # (batch, frames, bins): bins lie together in memory
    centre = spectra[..., first:stop]
    below, above = spectra[..., first - 1 : stop - 1], spectra[..., first + 1 : stop + 1]
    floor = REL_PEAK * spectra.amax(2, keepdim=True)
    place = (centre > floor) & (centre > below) & (centre >= above)
    return place, (below, centre, above), (first, width)


def vertex(left: Tensor, peak: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Place, in bins from the middle one, and height of the parabola through three bins."""
    bend, slope = left + right - 2 * peak, (right - left) / 2
    shift = torch.where(slope.abs() < bend.abs(), -slope / bend, 0.0)
    return shift, peak + slope * shift / 2


def _medians(values: Tensor, group: Tensor, groups: int) -> Tensor:
    """Return the median of each group (mean of the middle two), 0 for an empty one.

    Members of a group must lie together, groups in order.
    """
    counts = torch.bincount(group, minlength=groups).tolist()
    return torch.stack([_median(part) for part in torch.split(values, counts)])


def _median(values: Tensor) -> Tensor:
    if not len(values):
        return values.new_zeros(())
    below = values.kthvalue((len(values) + 1) // 2).values
    return (below + values.kthvalue(len(values) // 2 + 1).values) / 2
