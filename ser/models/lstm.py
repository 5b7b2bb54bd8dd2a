"""Recurrent network over the frames of an utterance."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import keras
from ser.models.classifier import EmotionClassifier
from ser.models.convolutions import RECIPES, check_axes, check_choice
from ser.models.masking import frame_mask, mean_over_frames


class LSTMClassifier(EmotionClassifier):
    """Two stacked LSTMs over the frames, then dense layers.

    The published network reads the padding as signal and classifies the state at the very last
    frame: the emotion has to survive some hundred steps of silence. The default recipe keeps
    layers, widths and initial weights, and differs in what a short corpus needs to be learnt:

    - the states of the second LSTM are averaged over the frames of the utterance, so that the
      gradient of every frame is one step away, and padding is never read;
    - both layers read the frames in both directions (Schuster and Paliwal, 1997), the second
      one starting at the end of each utterance;
    - ``frames_per_step`` neighbouring frames are averaged into one step: overlapping frames
      differ little, and the cost of a recurrent layer is the number of its steps.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or bands per frame.
        recipe: ``"published"`` or ``"default"``; README has the validation UAR of both forms.
        hidden_size: Units of each LSTM, in each direction, and of the dense layer.
        bidirectional: Whether to read from the end as well; default recipe only.
        frames_per_step: Frames averaged into one step; default recipe only.
        dropout: Factor on the published dropout rate, 0.2 before the logits.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames of each utterance that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``recipe`` is unknown, ``frames_per_step`` is not positive, or the
            features are no matrix of frames.

    References:
        Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
        https://doi.org/10.1162/neco.1997.9.8.1735

        Schuster and Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on
        Signal Processing 45(11), 1997. https://doi.org/10.1109/78.650093

        Mirsamadi, Barsoum and Zhang, "Automatic speech emotion recognition using recurrent
        neural networks with local attention", ICASSP 2017 (mean over time against last state).
        https://doi.org/10.1109/ICASSP.2017.7952552
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        recipe: str = "default",
        hidden_size: int = 64,
        bidirectional: bool = True,
        frames_per_step: int = 4,
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        check_choice("recipe", recipe, RECIPES)
        if frames_per_step < 1:
            raise ConfigError(f"frames_per_step={frames_per_step} must be positive; 1 keeps all.")
        self.published = recipe == "published"
        self.frames_per_step = 1 if self.published else frames_per_step
        width = hidden_size * (2 if bidirectional and not self.published else 1)
        inputs = (num_features, width)
        self.onwards = nn.ModuleList(nn.LSTM(i, hidden_size, batch_first=True) for i in inputs)
        self.backwards = nn.ModuleList(
            nn.LSTM(i, hidden_size, batch_first=True) for i in inputs if width > hidden_size
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
        if self.published:
            lengths = None
        steps, lengths = average_frames(features, lengths, self.frames_per_step)
        states = steps.transpose(1, 2)  # (batch, steps, channels)
        for layer in range(len(self.onwards)):
            states = self._read(layer, states, lengths)
        if self.published:
            last: Tensor = self.head(states[:, -1])
            return last
        states = states.transpose(1, 2)
        logits: Tensor = self.head(mean_over_frames(states, frame_mask(lengths, states)))
        return logits

    def _read(self, layer: int, states: Tensor, lengths: Tensor | None) -> Tensor:
        onwards, _ = self.onwards[layer](states)
        if not len(self.backwards):
            return onwards  # type: ignore[no-any-return]  # torch does not type its layers
        backwards, _ = self.backwards[layer](reverse(states, lengths))
        return torch.cat([onwards, reverse(backwards, lengths)], dim=2)


def reverse(states: Tensor, lengths: Tensor | None) -> Tensor:
    """Turn each utterance round, leaving its padding at the end.

    An LSTM over the result reads the utterance from its own end, as with packed sequences, but
    in plain tensor operations, which export and run on the fused kernels of a CPU.

    Shape:
        - states: ``(batch, steps, channels)``
        - lengths: ``(batch,)``, or None if there is no padding
        - output: as ``states``
    """
    if lengths is None:
        return states.flip(1)
    step = torch.arange(states.shape[1], device=states.device)
    mirrored = lengths[:, None] - 1 - step  # (batch, steps)
    order = torch.where(mirrored >= 0, mirrored, step)
    return states.gather(1, order[..., None].expand_as(states))


def average_frames(
    features: Tensor, lengths: Tensor | None, size: int
) -> tuple[Tensor, Tensor | None]:
    """Average groups of neighbouring frames; padding takes no part.

    Args:
        features: Features, zero in the padding.
        lengths: Frames that are not padding, or None for all.
        size: Frames a group; the last one of an utterance may hold fewer.

    Shape:
        - features: ``(batch, channels, frames)``
        - lengths: ``(batch,)``, or None
        - output: ``(batch, channels, groups)``, and the groups of each utterance
    """
    if size == 1:
        return features, lengths
    mask = frame_mask(lengths, features)
    ones = torch.ones_like(features[:, :1]) if mask is None else mask.to(features.dtype)
    fill = (0, -features.shape[-1] % size)
    values, counts = (
        functional.pad(t, fill).reshape(*t.shape[:2], -1, size).sum(-1) for t in (features, ones)
    )
    groups = None if lengths is None else (lengths + size - 1).div(size, rounding_mode="floor")
    return values / counts.clamp(min=1), groups
