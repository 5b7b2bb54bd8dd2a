"""Dense layers at the end of a network."""

from __future__ import annotations

from torch import nn


def dense_head(
    widths: tuple[int, int, int], num_classes: int, dropout: float, before: float = 0.0
) -> nn.Sequential:
    """Two dense layers, then the logits.

    Args:
        widths: Units that go in, and of the two layers.
        num_classes: Number of emotions.
        dropout: Dropout rate after each layer.
        before: Dropout rate of what goes in.
    """
    inputs, wide, narrow = widths
    return nn.Sequential(
        nn.Dropout(before),
        nn.Linear(inputs, wide),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(wide, narrow),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(narrow, num_classes),
    )
