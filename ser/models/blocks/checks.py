"""Checks of what a network is given, and of what it gives."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from ser.errors import ConfigError


def check_length(network: str, num_features: int, shortest: int) -> None:
    """Refuse a vector that the poolings would halve away.

    Raises:
        ConfigError: If ``num_features`` is below ``shortest``.
    """
    if num_features < shortest:
        raise ConfigError(
            f"num_features={num_features} is too short for the poolings of {network}, which need "
            f"{shortest}; take richer features, such as features=statistics."
        )


def parts_of(batch: Any) -> tuple[Tensor, Tensor | None, Tensor]:
    """Features, lengths and targets of a batch.

    Raises:
        ConfigError: If it does not have these three; two of them could be any.
    """
    if not isinstance(batch, list | tuple) or len(batch) != 3:  # noqa: PLR2004 - see above
        count = f" of {len(batch)}" if isinstance(batch, list | tuple) else ""
        raise ConfigError(
            f"a {type(batch).__name__}{count} is no batch to learn from; let your loader give "
            "(features, lengths, target), with lengths None where nothing is padding."
        )
    features, lengths, target = batch
    return features, lengths, target


def check_axes(features: Tensor, axes: int) -> None:
    """Refuse vectors where a network reads frames, and frames where it reads vectors.

    Args:
        features: Features of a batch.
        axes: 2 for ``(batch, num_features)``, 3 for ``(batch, num_features, frames)``.

    Raises:
        ConfigError: If they have other axes, or not one frame.
    """
    if features.ndim != axes or not features.shape[-1]:
        form, choice = EXPECTED[axes]
        raise ConfigError(
            f"features of shape {tuple(features.shape)} are not {form}; take {choice}."
        )


def check_logits(network: str, logits: Any, num_classes: int) -> None:
    """Refuse what ``forward`` of somebody's own network gives, before a loss fails on it.

    Raises:
        ConfigError: If it is not a number for each emotion.
    """
    shape = tuple(getattr(logits, "shape", ()))
    if shape[1:] != (num_classes,):
        found = f"of shape {shape}" if shape else f"that is a {type(logits).__name__}"
        raise ConfigError(
            f"{network}.forward gives an output {found}, and there are {num_classes} emotions; let "
            "it return logits, (batch, num_classes)."
        )


EXPECTED = {
    2: ("vectors, (batch, num_features)", "features=statistics"),
    3: ("a matrix of frames, (batch, num_features, frames)", "features=logmel or features=mfcc"),
}
