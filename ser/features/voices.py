"""Scaling the features of a speaker by that speaker's own utterances, without labels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ser.errors import RunError
from ser.features.collected import Features

Scale = tuple[Tensor, Tensor]  # mean and deviation of each channel
FEWEST = 2  # utterances of a speaker; one alone would be scaled to nothing


def scale_of(features: Features, rows: Tensor) -> Scale:
    """Mean and deviation of each channel over some utterances of one voice.

    Args:
        features: Features.
        rows: The utterances.

    Shape:
        - rows: ``(utterances,)``
        - output: both ``(channels,)``; the deviation of what never varies is 1
    """
    mean, std = features.moments(rows)
    return mean, torch.where(std > 0, std, 1.0)


def voice_scale(utterances: Sequence[Tensor], sequence: bool) -> Scale:
    """Mean and deviation of each channel over utterances that are at hand.

    Args:
        utterances: Features of each.
        sequence: Whether an utterance is a matrix of frames, or one vector.

    Shape:
        - utterances: each ``(1, channels, frames)``, or ``(1, channels)`` for vectors

    Raises:
        RunError: If there are fewer than two.
    """
    if len(utterances) < FEWEST:
        raise RunError(
            f"a model that was trained with normalise=speaker needs {FEWEST} utterances of one "
            f"speaker at least, and is given {len(utterances)}; pass all there are."
        )
    frames = [each[0].T if sequence else each for each in utterances]
    counts = [0, *(len(each) for each in frames)]
    starts = torch.tensor(counts).cumsum(0)
    features = Features(torch.cat(frames).cpu(), starts, max(counts), sequence)
    return scale_of(features, torch.arange(len(utterances)))


def scaled(features: Tensor, scale: Scale) -> Tensor:
    """Standardise one utterance.

    Shape:
        - features: ``(1, channels, frames)`` or ``(1, channels)``
        - output: the same
    """
    shape = (-1,) + (1,) * (features.ndim - 2)
    mean, std = (part.to(features).view(shape) for part in scale)
    return (features - mean) / std
