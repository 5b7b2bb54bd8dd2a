"""Recurrent network over the frames of an utterance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor, nn

from ser.errors import ConfigError, check_choice
from ser.models.blocks import keras
from ser.models.blocks.checks import check_axes
from ser.models.blocks.frames import average_frames
from ser.models.blocks.masking import frame_mask, mean_over_frames
from ser.models.blocks.pooling import AttentiveStatistics, centred
from ser.models.blocks.recurrent import read_both_ways
from ser.models.classifier import EmotionClassifier
from ser.models.registry import register


@register
class LSTMClassifier(EmotionClassifier):
    """Two stacked LSTMs over the frames, then dense layers.

    The published network reads the padding as signal and classifies the state at the very last
    frame: the emotion has to survive some hundred steps of silence. This one keeps layers and
    widths, and differs in what a short corpus needs to be learnt:

    - the mean of each band over the utterance is subtracted, as in ``CNN``: it tells speaker,
      microphone and level, while emotion is in what moves;
    - of the states of the second LSTM, the weighted mean and standard deviation over the utterance
      are classified, so that the gradient of every frame is one step away, and padding is never
      read;
    - both layers read the frames in both directions (Schuster and Paliwal, 1997), the second
      one starting at the end of each utterance;
    - ``frames_per_step`` neighbouring frames are averaged into one step: overlapping frames
      differ little, and the cost of a recurrent layer is the number of its steps.

    It is meant to be trained with ``SpecAugment`` and ``Mixup``, as ``conf/model/lstm.yaml`` does.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or bands per frame.
        hidden_size: Units of each LSTM, in each direction, and of the dense layer.
        bidirectional: Whether to read from the end as well.
        frames_per_step: Frames averaged into one step, at most 1000.
        centre: Whether the mean of each band is subtracted.
        pooling: ``"attentive"``, the weighted mean and standard deviation over the steps, or
            ``"mean"``.
        dropout: Factor on the published dropout rate, 0.2 before the logits.
        learning_rate: Highest step size of Adam.
        weight_decay: Decoupled weight decay (AdamW).
        schedule: As in ``EmotionClassifier``.
        label_smoothing: Share of the target spread over all classes.
        class_weight: As in ``EmotionClassifier``.
        optimisation: Further arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames of each utterance that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``frames_per_step`` is out of range, ``pooling`` is unknown, or the features
            are no matrix of frames.

    References:
        Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
        https://doi.org/10.1162/neco.1997.9.8.1735

        Schuster and Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on
        Signal Processing 45(11), 1997. https://doi.org/10.1109/78.650093

        Mirsamadi, Barsoum and Zhang, "Automatic speech emotion recognition using recurrent
        neural networks with local attention", ICASSP 2017 (mean over time against last state).
        https://doi.org/10.1109/ICASSP.2017.7952552
    """

    added: ClassVar[Mapping[str, Any]] = {"centre": False, "pooling": "mean"}
    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        hidden_size: int = 64,
        bidirectional: bool = True,
        frames_per_step: int = 4,
        centre: bool = True,
        pooling: str = "attentive",
        dropout: float = 1.0,
        learning_rate: float = 5e-3,
        weight_decay: float = 1e-2,
        schedule: str = "onecycle",
        label_smoothing: float = 0.1,
        class_weight: str | None = "sqrt",
        **optimisation: Any,
    ) -> None:
        super().__init__(
            num_classes,
            num_features,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            schedule=schedule,
            label_smoothing=label_smoothing,
            class_weight=class_weight,
            **optimisation,
        )
        if not 1 <= frames_per_step <= MOST_FRAMES:
            raise ConfigError(
                f"frames_per_step={frames_per_step} must lie between 1, which keeps all frames, "
                f"and {MOST_FRAMES}."
            )
        check_choice("pooling", pooling, POOLINGS)
        self.frames_per_step = frames_per_step
        self.centre = centre
        width = hidden_size * (2 if bidirectional else 1)
        inputs = (num_features, width)
        self.onwards = nn.ModuleList(nn.LSTM(i, hidden_size, batch_first=True) for i in inputs)
        self.backwards = nn.ModuleList(
            nn.LSTM(i, hidden_size, batch_first=True) for i in inputs if bidirectional
        )
        self.pooling = AttentiveStatistics(width) if pooling == "attentive" else None
        self.head = nn.Sequential(
            nn.Linear(2 * width if self.pooling else width, hidden_size),
            nn.ReLU(),
            nn.Dropout(0.2 * dropout),
            nn.Linear(hidden_size, num_classes),
        )
        self.apply(keras.initialise)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        check_axes(features, 3)
        if self.centre:
            features = centred(features, frame_mask(lengths, features))
        steps, lengths = average_frames(features, lengths, self.frames_per_step)
        states = steps.transpose(1, 2)  # (batch, steps, channels)
        for layer, onwards in enumerate(self.onwards):
            backwards = self.backwards[layer] if len(self.backwards) else None
            states = read_both_ways(onwards, backwards, states, lengths)
        states = states.transpose(1, 2)
        mask = frame_mask(lengths, states)
        pooled = self.pooling(states, mask) if self.pooling else mean_over_frames(states, mask)
        logits: Tensor = self.head(pooled)
        return logits


POOLINGS = ("attentive", "mean")
MOST_FRAMES = 1000  # an utterance is filled up to a whole step, whatever a file may ask for
