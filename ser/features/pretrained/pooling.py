"""States of an encoder over time, pooled to one vector an utterance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

PARTS = 3


def mean_std(states: Tensor, own: Tensor) -> Tensor:
    """Mean and population deviation of each number over time.

    Args:
        states: States, whatever they are beyond an utterance.
        own: Which frames are the utterance's own; at least one of each is.

    Shape:
        - states: ``(batch, frames, width)``
        - own: ``(batch, frames, 1)``
        - output: ``(batch, 2 * width)``
    """
    mean = _mean(states, own)
    return torch.cat([mean, _mean((states - mean[:, None]).square(), own).sqrt()], 1)


def thirds(states: Tensor, own: Tensor) -> Tensor:
    """What ``mean_std`` gives, and the means over the beginning, the middle and the end.

    Parts share a frame where the utterance does not divide by three, as in adaptive average
    pooling, so that each has one even of a single frame.

    Args:
        states: As of ``mean_std``.
        own: As of ``mean_std``.

    Shape:
        - output: ``(batch, 5 * width)``

    References:
        Lazebnik et al., "Beyond bags of features: spatial pyramid matching for recognizing natural
        scene categories", CVPR 2006, whose pyramid is here one of time.
    """
    means = [_mean(states, part) for part in _parts(own)]
    return torch.cat([mean_std(states, own), *means], 1)


POOLINGS: Mapping[str, tuple[int, Callable[[Tensor, Tensor], Tensor]]] = {
    "mean_std": (2, mean_std),
    "thirds": (2 + PARTS, thirds),
}  # numbers to each of a state, and how they are made


def _mean(states: Tensor, own: Tensor) -> Tensor:
    return states.masked_fill(~own, 0.0).sum(1) / own.sum(1)


def _parts(own: Tensor) -> Iterator[Tensor]:
    place = torch.arange(own.shape[1], device=own.device)[None, :, None]
    count = own.sum(1, keepdim=True)
    for part in range(PARTS):
        begin, end = part * count // PARTS, -(-(part + 1) * count // PARTS)
        yield (begin <= place) & (place < end)
