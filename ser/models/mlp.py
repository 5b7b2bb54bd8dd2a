"""Multi-layer perceptron over a feature vector."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models.blocks.checks import check_axes
from ser.models.registry import register
from ser.models.regularised import RegularisedClassifier

FARTHEST = 5.0  # deviations from the mean; what lies beyond says nothing more


@register
class MLP(RegularisedClassifier):
    """One hidden layer between two heavy dropouts, for vectors of thousands of numbers.

    Such vectors have more numbers than a corpus has utterances. Dropout of the input keeps the
    network from trusting single ones, and standardised numbers are clipped, since a rare extreme
    of one of thousands would outweigh the rest.

    Args:
        num_classes: Number of emotions.
        num_features: Numbers in a feature vector.
        hidden_size: Units of the hidden layer.
        input_dropout: Share of the numbers that each training step leaves out.
        dropout: Share of the hidden units that each training step leaves out.
        learning_rate: Highest step size of Adam.
        optimisation: Further arguments of ``RegularisedClassifier``.

    Shape:
        - features: ``(batch, num_features)``
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If there is no hidden unit, or the features are no vectors.
    """

    sequence: ClassVar[bool | None] = False

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        hidden_size: int = 128,
        input_dropout: float = 0.3,
        dropout: float = 0.5,
        learning_rate: float = 1e-3,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, learning_rate=learning_rate, **optimisation)
        if hidden_size < 1:
            raise ConfigError(f"hidden_size={hidden_size} must be 1 or more; correct it.")
        self.layers = nn.Sequential(
            nn.Dropout(input_dropout),
            nn.Linear(num_features, hidden_size),
            nn.LayerNorm(hidden_size),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden_size, num_classes),
        )

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; a vector has no frames, so ``lengths`` does not matter."""
        check_axes(features, 2)
        logits: Tensor = self.layers(functional.hardtanh(features, -FARTHEST, FARTHEST))
        return logits
