"""What a network is shown: standardised features, with and without the mean of each band."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
from torch import Tensor

from ser.errors import ConfigError, check_choice
from ser.models.blocks.masking import Mask, frame_mask, zero_padding
from ser.models.blocks.pooling import centred
from ser.models.registry import name_of

BOTH: Literal["both"] = "both"
SUBTRACTED = (False, True, BOTH)


def check_mean(network: Any, subtract_mean: Any) -> None:
    """Refuse to subtract what is no choice, or a mean over frames that a network does not read."""
    check_choice("subtract_mean", subtract_mean, SUBTRACTED)
    if subtract_mean and network.sequence is False:
        raise ConfigError(
            f"subtract_mean={subtract_mean} does not fit {name_of(type(network))}, which reads a "
            "vector and no frames; leave it out, or take another network."
        )


def standardise(network: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Standardise the features on their way into ``forward``, and subtract means where asked for.

    Frames beyond the lengths are zero afterwards.

    Raises:
        ConfigError: If the features have not the channels that the network was built for.
    """
    features, *lengths = inputs
    if not isinstance(features, Tensor):
        return inputs  # a whole step, which DDP sends through here on its way to forward
    _refuse_others(network, features)
    shape = (-1, 1) if _has_frames(features) else (-1,)
    mean, std = network.feature_mean.view(shape), network.feature_std.view(shape)
    scaled = (features - mean) / std
    if not _has_frames(features):
        return (scaled, *lengths)
    mask = frame_mask(lengths[0] if lengths else None, features)
    scaled = _without_means(network, zero_padding(scaled, mask), mask)
    if _shows_both(network, features):
        lengths = [each if each is None else torch.cat([each, each]) for each in lengths]
    return (scaled, *lengths)


def _refuse_others(network: Any, features: Tensor) -> None:
    """Refuse features of other channels: a single one would be taken for all of them."""
    if 1 < features.ndim <= 3 and features.shape[1] != network.num_features:  # noqa: PLR2004 - axes
        raise ConfigError(
            f"features of shape {tuple(features.shape)} have {features.shape[1]} channels, and "
            f"{name_of(type(network))} was built for num_features={network.num_features}; pass "
            "those of the front end that it was trained with."
        )


def _without_means(network: Any, features: Tensor, mask: Mask) -> Tensor:
    if not network.subtract_mean:
        return features
    bare = centred(features, mask)
    if network.subtract_mean != BOTH:
        return bare
    if _shows_both(network, features):
        return torch.cat([features, bare])
    chosen = torch.rand(len(features), 1, 1, device=features.device) < 0.5  # noqa: PLR2004 - half
    return torch.where(chosen, bare, features)


def _shows_both(network: Any, features: Any) -> bool:
    """Whether the network is shown an utterance twice: as it is, and without its means."""
    answers = network.subtract_mean == BOTH and not network.training
    return answers and isinstance(features, Tensor) and _has_frames(features)


def answer(network: Any, inputs: tuple[Any, ...], logits: Any) -> Any:
    """Logits of the mean probabilities where an utterance was shown twice."""
    if not _shows_both(network, inputs[0]):
        return logits
    twice = logits.float().log_softmax(1).unflatten(0, (2, -1))
    return twice.logsumexp(0) - math.log(2)


def _has_frames(features: Tensor) -> bool:
    return features.ndim > 2  # noqa: PLR2004 - (batch, channels, frames)
