"""Weights that a file may hold: in full, finite, and of the kind that the network has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from ser.errors import RunError
from ser.models.description import LONGEST_NAME


def weights_in(content: Mapping[str, Any]) -> dict[str, Tensor]:
    """Weights of a model file, whole, by name.

    Raises:
        RunError: If it has none, or not all of them in full.
    """
    state = content.get("state_dict")
    if not isinstance(state, dict) or not all(map(_is_name, state)):
        raise RunError("the checkpoint has no weights (state_dict); the file is damaged.")
    check_whole(state.values())
    return state


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable()


def check_whole(weights: Iterable[object]) -> None:
    """Refuse weights without memory for each number: a strided view can claim any size.

    Raises:
        RunError: If one of them is no tensor, or not a whole one.
    """
    if not all(_is_whole(weight) for weight in weights):
        raise RunError("it does not hold its weights in full; the file is damaged.")


def _is_whole(weight: object) -> bool:
    if not isinstance(weight, Tensor) or weight.layout != torch.strided or weight.is_meta:
        return False
    if weight.is_quantized or weight.is_complex():
        return False
    return weight.numel() * weight.element_size() <= weight.untyped_storage().nbytes()


def check_finite(weights: Mapping[str, Tensor]) -> None:
    """Refuse weights that are not finite.

    Raises:
        RunError: If there are any, naming the first.
    """
    for name, weight in weights.items():
        if not bool(torch.isfinite(weight).all()):
            raise RunError(
                f"{name} holds numbers that are not finite, as after a training that diverged; "
                "train again, with a lower model.learning_rate."
            )


def check_scaler(mean: Tensor, std: Tensor) -> None:
    """Refuse a scaler that would turn features into something that is not finite.

    Raises:
        RunError: If a mean is not finite, or a deviation not positive.
    """
    check_finite({"feature_mean": mean, "feature_std": std})
    if not bool((std > 0).all()):
        raise RunError("feature_std has numbers that are not positive; the file is damaged.")
