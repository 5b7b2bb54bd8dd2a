"""Padding at the ends: samples that stand still for long, as those of a microphone never do."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features.recording import cut

LONGEST_STILL = 0.2  # s; an end that stands still for longer is padding
STILL = 1e-4  # of the peak, 80 dB below it: a change that is none


def without_padding(waveform: Tensor, lengths: Tensor, sample_rate: int) -> tuple[Tensor, Tensor]:
    """Cut off ends that stand still for more than 0.2 s.

    Where a recording has an offset, digital silence beside it is a step and no silence: about their
    common mean it may be louder than the quiet ends of words.

    Args:
        waveform: Samples, whatever beyond their lengths.
        lengths: Samples of each utterance, at least 1.
        sample_rate: Rate of ``waveform``, in Hz.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``

    Returns:
        The waveforms and their lengths; those that stand still from end to end as they were.
    """
    first, kept = moving_span(waveform, lengths, sample_rate)
    if bool((kept == lengths).all()):
        return waveform, lengths
    return cut(waveform, first, kept, int(kept.max())), kept


def moving_span(waveform: Tensor, lengths: Tensor, sample_rate: int) -> tuple[Tensor, Tensor]:
    """Find the first sample that ``without_padding`` keeps of each waveform, and how many.

    Shape:
        - waveform: ``(batch, time)``
        - lengths, outputs: ``(batch,)``
    """
    place = torch.arange(waveform.shape[1], device=waveform.device)
    own = place < lengths[:, None]
    tolerance = STILL * (waveform * own).abs().amax(1, keepdim=True)
    leading = _still(waveform, waveform[:, :1], tolerance, own)
    whole = torch.full_like(lengths, waveform.shape[1])
    before = torch.where(leading.all(1), whole, leading.to(torch.uint8).argmin(1))
    last = waveform.gather(1, lengths[:, None] - 1)
    moving = own & ~_still(waveform, last, tolerance, own)
    after = lengths - torch.where(moving, place + 1, 0).amax(1)
    least = LONGEST_STILL * sample_rate
    first, end = (torch.where(still <= least, 0, still) for still in (before, after))
    some = first + end < lengths  # the two meet where nothing moves, or it drifts
    first, end = first * some, end * some
    return first, lengths - first - end


def _still(waveform: Tensor, sample: Tensor, tolerance: Tensor, own: Tensor) -> Tensor:
    return own & ((waveform - sample).abs() <= tolerance)
