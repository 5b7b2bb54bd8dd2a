"""Frames of an utterance turned round, or averaged in groups; padding stays out of both."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ser.models.blocks.masking import frame_mask


def reverse(states: Tensor, lengths: Tensor | None) -> Tensor:
    """Turn each utterance round, leaving its padding at the end.

    An LSTM over the result reads the utterance from its own end, as with packed sequences, but
    in plain tensor operations, which export and run on the fused kernels of a CPU. Rows are chosen
    whole: the gradient of ``gather`` fails in a compiled network under autocast, and has no
    deterministic form on CUDA.

    Shape:
        - states: ``(batch, steps, channels)``
        - lengths: ``(batch,)``, or None if there is no padding
        - output: as ``states``
    """
    if lengths is None:
        return states.flip(1)
    step = torch.arange(states.shape[1], device=states.device)
    mirrored = lengths[:, None] - 1 - step  # (batch, steps)
    order = torch.where(mirrored >= 0, mirrored, step)
    if torch.compiler.is_exporting():  # no gradient is asked for, and shapes are no numbers yet
        return states.gather(1, order[..., None].expand_as(states))
    first = torch.arange(len(states), device=states.device)[:, None] * states.shape[1]
    return states.flatten(0, 1).index_select(0, (first + order).flatten()).view_as(states)


def average_frames(
    features: Tensor, lengths: Tensor | None, size: int
) -> tuple[Tensor, Tensor | None]:
    """Average groups of neighbouring frames; padding takes no part.

    Args:
        features: Features, zero in the padding.
        lengths: Frames that are not padding, or None for all.
        size: Frames a group; the last one of an utterance may hold fewer.

    Shape:
        - features: ``(batch, channels, frames)``
        - lengths: ``(batch,)``, or None
        - output: ``(batch, channels, groups)``, and the groups of each utterance
    """
    if size == 1:
        return features, lengths
    mask = frame_mask(lengths, features)
    ones = torch.ones_like(features[:, :1]) if mask is None else mask.to(features.dtype)
    fill = (0, (features.shape[-1] + size - 1) // size * size - features.shape[-1])
    values, counts = (
        functional.pad(t, fill).unfold(2, size, size).sum(-1) for t in (features, ones)
    )
    groups = None if lengths is None else (lengths + size - 1).div(size, rounding_mode="floor")
    return values / counts.clamp(min=1), groups
