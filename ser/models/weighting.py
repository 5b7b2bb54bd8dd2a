"""Weights of the emotions in a loss, by how often they occur on the training side."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from ser.errors import ConfigError

POWERS = {"balanced": 1.0, "sqrt": 0.5}
WEIGHTINGS = (None, *POWERS)


def class_weights(counts: Tensor, weighting: str) -> Tensor:
    """Weight emotions by a power of their inverse frequency; the mean over all rows is 1.

    Args:
        counts: Rows of each emotion.
        weighting: ``"balanced"``, by which emotions count alike, or ``"sqrt"``, half-way.

    Shape:
        - counts: ``(num_classes,)``
        - output: ``(num_classes,)``, 0 for an emotion that does not occur
    """
    rows = counts.float()
    raw = rows.clamp(min=1).pow(-POWERS[weighting]) * (rows > 0)
    weights: Tensor = raw * rows.sum() / (raw * rows).sum()
    return weights


def counts_of(data: Any, weighting: str) -> Tensor:
    """Rows of each emotion on the training side of a datamodule.

    Args:
        data: A ``CorpusDataModule``, or none.
        weighting: What they are counted for.

    Raises:
        ConfigError: If it cannot say.
    """
    counts: Tensor | None = getattr(data, "class_counts", None)
    if counts is None:
        raise ConfigError(
            f"class_weight={weighting!r} counts the emotions of the training side, which needs a "
            "datamodule of ser.data; pass one to fit, or leave class_weight out."
        )
    return counts
