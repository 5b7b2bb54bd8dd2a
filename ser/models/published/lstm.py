"""The published LSTM."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from torch import Tensor, nn

from ser.models.blocks.checks import check_axes
from ser.models.published.form import PublishedForm
from ser.models.registry import register


@register
class LSTMClassifier(PublishedForm):
    """The LSTM of the source: two layers, one direction, the state at the last frame classified.

    Reads padding as signal: the emotion has to survive the silence at the end.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients per frame; 40 in the source.
        hidden_size: Units of each LSTM, and of the dense layer.
        bidirectional: Argument of the default form; there is one direction here.
        frames_per_step: Argument of the default form; every frame is a step here.
        dropout: Factor on the dropout rate, 0.2 before the logits.
        learning_rate: Step size of Adam.
        subtract_mean: Argument of the default form; nothing is subtracted here.
        optimisation: Further arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, or None; not used
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If the features are no matrix of frames.
    """

    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        hidden_size: int = 64,
        bidirectional: bool = True,
        frames_per_step: int = 4,
        dropout: float = 1.0,
        learning_rate: float = 1e-3,
        subtract_mean: bool | Literal["both"] = "both",
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, learning_rate=learning_rate, **optimisation)
        inputs = (num_features, hidden_size)
        self.onwards = nn.ModuleList(nn.LSTM(i, hidden_size, batch_first=True) for i in inputs)
        self.head = nn.Sequential(
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Dropout(0.2 * dropout),
            nn.Linear(hidden_size, num_classes),
        )
        self.as_in_keras()

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits; padding is read as signal."""
        check_axes(features, 3)
        states = features.transpose(1, 2)  # (batch, frames, num_features)
        for lstm in self.onwards:
            states, _ = lstm(states)
        logits: Tensor = self.head(states[:, -1])
        return logits
