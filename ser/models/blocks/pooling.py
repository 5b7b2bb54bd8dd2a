"""Frames of an utterance summed up by numbers that do not depend on how many there are."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ser.models.blocks.masking import Mask, mean_over_frames, zero_padding

LEAST_VARIANCE = 1e-5  # below which a standard deviation has no gradient worth following


class AttentiveStatistics(nn.Module):
    """Mean and standard deviation over frames, each frame weighted by what a small network hears.

    Args:
        channels: Channels of a frame.
        hidden_size: Units of the layer that judges a frame.

    Shape:
        - frames: ``(batch, channels, frames)``
        - mask: ``(batch, 1, frames)`` of bool, or None; padding has no weight
        - output: ``(batch, 2 * channels)``, means and then standard deviations

    References:
        Okabe, Koshinaka and Shinoda, "Attentive statistics pooling for deep speaker embedding",
        Interspeech 2018. https://doi.org/10.21437/Interspeech.2018-993
    """

    def __init__(self, channels: int, hidden_size: int = 64) -> None:
        super().__init__()
        self.scores = nn.Sequential(
            nn.Conv1d(channels, hidden_size, 1), nn.Tanh(), nn.Conv1d(hidden_size, 1, 1)
        )

    def forward(self, frames: Tensor, mask: Mask = None) -> Tensor:
        """Return the statistics, in float32 whatever autocast is in force."""
        scores = self.scores(frames).float()
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights, values = scores.softmax(2), frames.float()
        mean = (weights * values).sum(2, keepdim=True)
        variance = (weights * (values - mean).square()).sum(2)
        return torch.cat([mean[:, :, 0], variance.clamp(min=LEAST_VARIANCE).sqrt()], 1)


def centred(features: Tensor, mask: Mask) -> Tensor:
    """Subtract the mean of each band over the frames of its utterance; padding stays zero.

    What a microphone, a room or a level adds to the decibels of every frame alike is gone then.

    Shape:
        - features: ``(batch, bands, frames)``
        - mask: ``(batch, 1, frames)`` of bool, or None
        - output: as ``features``

    References:
        Atal, "Effectiveness of linear prediction characteristics of the speech wave for automatic
        speaker identification and verification", JASA 55(6), 1974 (subtracting the mean over time).
        https://doi.org/10.1121/1.1914702
    """
    return zero_padding(features - mean_over_frames(features, mask)[..., None], mask)
