"""How many frames signals have, and which of a batch are an utterance's own."""

from __future__ import annotations

import torch
from torch import Tensor


def count_frames(lengths: Tensor, window_length: int, hop_length: int) -> Tensor:
    """Count the centred frames of signals of ``lengths`` samples."""
    padded = lengths + 2 * (window_length // 2)
    return 1 + (padded - window_length).div(hop_length, rounding_mode="floor")


def frame_mask(counts: Tensor, width: int) -> Tensor:
    """Mark the first ``counts`` of ``width`` places.

    Shape:
        - counts: ``(batch,)``
        - output: ``(batch, width)``, bool
    """
    return torch.arange(width, device=counts.device) < counts.unsqueeze(1)
