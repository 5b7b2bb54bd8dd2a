"""Recurrent network over the frames of an utterance."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from ser.errors import ConfigError
from ser.models.blocks import keras
from ser.models.blocks.checks import check_axes
from ser.models.blocks.frames import average_frames, reverse
from ser.models.blocks.masking import frame_mask, mean_over_frames
from ser.models.classifier import EmotionClassifier
from ser.models.published import lstm as published
from ser.models.registry import register


@register
class LSTMClassifier(EmotionClassifier):
    """Two stacked LSTMs over the frames, then dense layers.

    The published network reads the padding as signal and classifies the state at the very last
    frame: the emotion has to survive some hundred steps of silence. This one keeps layers,
    widths and initial weights, and differs in what a short corpus needs to be learnt:

    - the states of the second LSTM are averaged over the frames of the utterance, so that the
      gradient of every frame is one step away, and padding is never read;
    - both layers read the frames in both directions (Schuster and Paliwal, 1997), the second
      one starting at the end of each utterance;
    - ``frames_per_step`` neighbouring frames are averaged into one step: overlapping frames
      differ little, and the cost of a recurrent layer is the number of its steps;
    - half of the utterances are learned without the mean of each band, which tells voice and
      microphone, and an answer is the mean of those with and without.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or bands per frame.
        hidden_size: Units of each LSTM, in each direction, and of the dense layer.
        bidirectional: Whether to read from the end as well.
        frames_per_step: Frames averaged into one step, at most 1000.
        dropout: Factor on the published dropout rate, 0.2 before the logits.
        learning_rate: Step size of Adam.
        subtract_mean: As in ``EmotionClassifier``.
        optimisation: Further arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames of each utterance that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``frames_per_step`` is out of range, or the features are no matrix of
            frames.

    References:
        Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
        https://doi.org/10.1162/neco.1997.9.8.1735

        Schuster and Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on
        Signal Processing 45(11), 1997. https://doi.org/10.1109/78.650093

        Mirsamadi, Barsoum and Zhang, "Automatic speech emotion recognition using recurrent
        neural networks with local attention", ICASSP 2017 (mean over time against last state).
        https://doi.org/10.1109/ICASSP.2017.7952552
    """

    sequence: ClassVar[bool | None] = True
    published_form = published.LSTMClassifier

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
        super().__init__(
            num_classes,
            num_features,
            learning_rate=learning_rate,
            subtract_mean=subtract_mean,
            **optimisation,
        )
        if not 1 <= frames_per_step <= MOST_FRAMES:
            raise ConfigError(
                f"frames_per_step={frames_per_step} must lie between 1, which keeps all frames, "
                f"and {MOST_FRAMES}."
            )
        self.frames_per_step = frames_per_step
        width = hidden_size * (2 if bidirectional else 1)
        inputs = (num_features, width)
        self.onwards = nn.ModuleList(nn.LSTM(i, hidden_size, batch_first=True) for i in inputs)
        self.backwards = nn.ModuleList(
            nn.LSTM(i, hidden_size, batch_first=True) for i in inputs if bidirectional
        )
        self.head = nn.Sequential(
            nn.Linear(width, hidden_size),
            nn.ReLU(),
            nn.Dropout(0.2 * dropout),
            nn.Linear(hidden_size, num_classes),
        )
        self.apply(keras.initialise)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        check_axes(features, 3)
        steps, lengths = average_frames(features, lengths, self.frames_per_step)
        states = steps.transpose(1, 2)  # (batch, steps, channels)
        for layer in range(len(self.onwards)):
            states = self._read(layer, states, lengths)
        states = states.transpose(1, 2)
        logits: Tensor = self.head(mean_over_frames(states, frame_mask(lengths, states)))
        return logits

    def _read(self, layer: int, states: Tensor, lengths: Tensor | None) -> Tensor:
        onwards, _ = self.onwards[layer](states)
        if not len(self.backwards):
            return onwards  # type: ignore[no-any-return]  # torch does not type its layers
        backwards, _ = self.backwards[layer](reverse(states, lengths))
        return torch.cat([onwards, reverse(backwards, lengths)], dim=2)


MOST_FRAMES = 1000  # an utterance is filled up to a whole step, whatever a file may ask for
