"""Clips of waveforms as front ends cut them, by operations alone whose shapes no sample decides."""

from __future__ import annotations

import torch
from torch import Tensor

from ser.features import FrontEnd
from ser.features.frames import frame_mask
from ser.features.padding import moving_span
from ser.features.recording import gathered


def clip(front_end: FrontEnd, waveform: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Return what ``FrontEnd.clip`` does; only, clips stay as wide as what they were cut from.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``
    """
    if front_end.drops_padding and front_end.trim is not None:
        first, lengths = moving_span(waveform, lengths, front_end.sample_rate)
        waveform = _own(gathered(waveform, first, waveform.shape[1]), lengths)
    waveform, first, lengths = front_end.levelled(waveform, lengths)
    start, kept = front_end.span(lengths)
    if not front_end.pad or front_end.duration is None:
        return _own(gathered(waveform, first + start, waveform.shape[1]), kept), kept
    width = front_end.samples(front_end.duration)
    padded = _own(gathered(waveform, first + start, width), kept)
    return padded, torch.full_like(kept, width)


def _own(clips: Tensor, lengths: Tensor) -> Tensor:
    return clips * frame_mask(lengths, clips.shape[1])
