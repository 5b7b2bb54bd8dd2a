"""Several models of one fold in one model file: each with its own features, and its share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from torch import Tensor

from ser.errors import RunError
from ser.models.description import check_description
from ser.models.weights import weights_in

FUSION = "fusion"  # what a model file of this kind says in the place of a network
PARTS, SHARES, WEIGHTS = "parts", "shares", "state_dict"
MOST_PARTS = 100
ROUNDING = 1e-6  # by which shares may miss a sum of 1


def fused(
    contents: Sequence[Mapping[str, Any]], shares: Sequence[float], front_end: Mapping[str, Any]
) -> dict[str, Any]:
    """Make one model file of several, which may read different features.

    Args:
        contents: Contents of their files.
        shares: Share of each in the probabilities.
        front_end: Description of what hands the waveform on to them.
    """
    first = contents[0]["ser"]
    return {
        "ser": {
            "network": FUSION,
            "labels": first["labels"],
            "front_end": dict(front_end),
            "origin": first["origin"],
            SHARES: [float(share) for share in shares],
            PARTS: [_plain(content) for content in contents],
        },
        WEIGHTS: {
            f"{i}/{name}": weight
            for i, content in enumerate(contents)
            for name, weight in _tensors(content).items()
        },
    }


def is_fusion(content: Mapping[str, Any]) -> bool:
    """Whether a model file holds several models with features of their own."""
    return bool(check_description(content)["network"] == FUSION)


def parts_of(content: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[float]]:
    """Take apart what ``fused`` put together.

    Args:
        content: Content of the file.

    Returns:
        Contents of the models, each still to be checked as that of a file, and their shares.

    Raises:
        RunError: If parts, shares or labels do not fit each other.
    """
    described = check_description(content)
    parts, shares, state = described.get(PARTS), described.get(SHARES), weights_in(content)
    if not isinstance(parts, list) or not 1 < len(parts) <= MOST_PARTS:
        raise RunError(f"it does not hold 2 to {MOST_PARTS} models; the file is damaged.")
    if not _are_shares(shares, len(parts)):
        raise RunError(
            f"its shares are {str(shares)[:60]}, and should be {len(parts)} numbers from 0 to 1 "
            "that sum to 1; the file is damaged."
        )
    contents = [_content(part, state, f"{i}/") for i, part in enumerate(parts)]
    for part in contents:
        own = check_description(part)
        if own["labels"] != described["labels"] or own["network"] == FUSION:
            raise RunError("its models do not have its labels; the file is damaged.")
    return contents, shares


def _are_shares(shares: object, count: int) -> TypeGuard[list[float]]:
    if not isinstance(shares, list) or len(shares) != count:
        return False
    if not all(isinstance(share, float) and 0 <= share <= 1 for share in shares):
        return False
    return math.isclose(sum(shares), 1, abs_tol=ROUNDING)


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in content.items() if k != WEIGHTS and not isinstance(v, Tensor)}


def _tensors(content: Mapping[str, Any]) -> dict[str, Tensor]:
    """Weights of a model, and what else it holds in tensors, such as a fitted estimator."""
    inside = {f"{WEIGHTS}/{name}": weight for name, weight in content.get(WEIGHTS, {}).items()}
    return {**inside, **{k: v for k, v in content.items() if isinstance(v, Tensor)}}


def _content(part: object, state: Mapping[str, Tensor], place: str) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise RunError("its models are not described; the file is damaged.")
    own = {name.removeprefix(place): w for name, w in state.items() if name.startswith(place)}
    inside = {k.removeprefix(f"{WEIGHTS}/"): w for k, w in own.items() if k.startswith(WEIGHTS)}
    outside = {k: w for k, w in own.items() if not k.startswith(WEIGHTS)}
    return {**part, **outside, **({WEIGHTS: inside} if inside else {})}
