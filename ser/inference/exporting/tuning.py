"""The tuning of utterances, as ``ser.features.tuning`` estimates it, over all bins at once."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.tuning import STEPS, candidates, step_of, vertex


def estimate_tuning(magnitude: Tensor, sample_rate: float) -> Tensor:
    """Return what ``ser.features.tuning.estimate_tuning`` does, by shapes that no sample decides.

    Shape:
        - magnitude: ``(batch, bins, frames)``
        - output: ``(batch,)``
    """
    place, pitch, height = (part.flatten(1) for part in _peaks(magnitude, sample_rate))
    loud = place & (height >= _median(height, place)[:, None])
    step = step_of(torch.where(loud, pitch, 1.0))
    votes = torch.zeros(step.shape[0], STEPS, device=step.device)
    votes = votes.scatter_add(1, step, loud.to(votes.dtype))
    return torch.where(votes.amax(1) > 0, votes.argmax(1), STEPS // 2)


def _peaks(magnitude: Tensor, sample_rate: float) -> tuple[Tensor, Tensor, Tensor]:
    """Which bins are peaks, and frequency in Hz and height of one there."""
    place, around, (first, width) = candidates(magnitude, sample_rate)
    shift, height = vertex(*around)
    bins = torch.arange(first, first + place.shape[2], device=place.device)
    return place, (bins + shift.double()).mul(width).float(), height


def _median(values: Tensor, own: Tensor) -> Tensor:
    """Mean of the middle two of the values that are marked, ``(batch,)``."""
    count = own.sum(1, keepdim=True)
    ranked = torch.where(own, values, torch.inf).sort(1).values
    low, high = (ranked.gather(1, place.clamp(min=0)) for place in ((count - 1) // 2, count // 2))
    return ((low + high) / 2)[:, 0]
