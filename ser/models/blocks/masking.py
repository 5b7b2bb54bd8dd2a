"""Layers that leave the padding of a batch out of what they compute.

Utterances of a batch differ in length. A network that zeroes the padding before every
convolution, and leaves it out of averages, maxima and batch statistics, gives an utterance the
logits that it would get alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

Mask = Tensor | None


def frame_mask(lengths: Tensor | None, maps: Tensor) -> Mask:
    """Mark the frames that are not padding, on the last axis of ``maps``.

    Shape:
        - lengths: ``(batch,)``, or None if there is no padding
        - maps: ``(batch, ..., frames)``
        - output: ``(batch, 1, ..., frames)`` of bool, which broadcasts against ``maps``
    """
    if lengths is None:
        return None
    frame = torch.arange(maps.shape[-1], device=maps.device)
    return (frame < lengths[:, None]).view(maps.shape[0], *[1] * (maps.ndim - 2), -1)


def zero_padding(maps: Tensor, mask: Mask) -> Tensor:
    """Set the padding to zero, which is what a convolution sees beyond an edge."""
    return maps if mask is None else maps * mask


def shrink(lengths: Tensor | None, kernel: int, stride: int = 1, padding: int = 0) -> Tensor | None:
    """Frames that a convolution or a pooling makes of ``lengths`` frames, 1 at the least."""
    if lengths is None:
        return None
    steps = (lengths + 2 * padding - kernel).div(stride, rounding_mode="floor")
    return (steps + 1).clamp(min=1)


def max_over_frames(maps: Tensor, mask: Mask) -> Tensor:
    """Maximum over every axis but the first two; padding takes no part.

    Shape:
        - maps: ``(batch, channels, ..., frames)``
        - output: ``(batch, channels)``
    """
    if mask is not None:
        maps = maps.masked_fill(~mask, float("-inf"))
    return maps.flatten(2).amax(2)


def mean_over_frames(maps: Tensor, mask: Mask) -> Tensor:
    """Mean over every axis but the first two; padding takes no part.

    Shape:
        - maps: ``(batch, channels, ..., frames)``
        - output: ``(batch, channels)``
    """
    if mask is None:
        return maps.flatten(2).mean(2)
    total = zero_padding(maps, mask).flatten(2).sum(2)
    return total / (mask.expand_as(maps[:, :1]).flatten(1).sum(1, keepdim=True))


class MaskedBatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation whose statistics leave padding out; weights as in PyTorch's own.

    Shape:
        - maps: ``(batch, channels, height, frames)``
        - mask: ``(batch, 1, 1, frames)`` of bool, or None
        - output: as ``maps``
    """

    def forward(self, maps: Tensor, mask: Mask = None) -> Tensor:
        """Normalise; where there is a mask, padding comes out as zero in training."""
        if mask is None or not self.training:
            return super().forward(maps)
        return self._gathered(maps, mask) if maps.is_cpu else self._weighted(maps, mask)

    def _gathered(self, maps: Tensor, mask: Tensor) -> Tensor:
        """Normalise the valid positions alone: half the time, but their number is not static."""
        batch, channels, height, frames = maps.shape
        rows = maps.permute(0, 2, 3, 1).reshape(-1, channels)
        valid = mask[:, 0].expand(batch, height, frames).reshape(-1).nonzero()[:, 0]
        kept = rows.index_select(0, valid)  # whose gradient costs a fraction of that of rows[valid]
        normal = super().forward(kept.view(-1, channels, 1, 1)).view(-1, channels)
        whole = torch.zeros_like(rows, dtype=normal.dtype).index_copy(0, valid, normal)
        return whole.view(batch, height, frames, channels).permute(0, 3, 1, 2)

    def _weighted(self, maps: Tensor, mask: Tensor) -> Tensor:
        """Normalise with weighted moments: shapes stay static, and the device is not waited for."""
        weight = mask.to(torch.float32)
        values = maps.float()
        count = weight.sum() * maps.shape[2]
        mean = (values * weight).sum((0, 2, 3)) / count
        centred = values - mean.view(1, -1, 1, 1)
        variance = (centred.square() * weight).sum((0, 2, 3)) / count
        self._remember(mean.detach(), (variance * count / (count - 1).clamp(min=1)).detach())
        scale = (variance + self.eps).rsqrt() * self.weight
        normal = centred * scale.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
        return (normal * weight).to(maps.dtype)

    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        momentum = self.momentum if self.momentum is not None else 0.1
        self.running_mean.lerp_(mean, momentum)  # type: ignore[union-attr]  # always tracked here
        self.running_var.lerp_(variance, momentum)  # type: ignore[union-attr]
        self.num_batches_tracked.add_(1)  # type: ignore[union-attr]
