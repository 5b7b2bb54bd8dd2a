"""1D CNN over the frames of an utterance."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from ser.models.blocks.checks import check_axes
from ser.models.blocks.frame_convolution import FrameConvolution
from ser.models.blocks.masking import frame_mask
from ser.models.blocks.pooling import AttentiveStatistics, centred
from ser.models.classifier import EmotionClassifier
from ser.models.registry import register

WIDTH = 128  # maps of each convolution
DILATIONS = (1, 2, 3)  # of the convolutions after the first


@register
class CNN1D(EmotionClassifier):
    """Convolutions along time over a centred spectrogram, attentive statistics of what they hear.

    The mean of each band over the utterance is subtracted first, as in ``CNN``. The bands are the
    channels of the first convolution, which hears five frames and steps by four. Three more, ever
    further spread, hear about a second; all are normalised, with a ReLU. Over the frames, their
    weighted mean and standard deviation are taken. Padding is masked, so that the logits of an
    utterance do not depend on its batch.

    Differs from the published networks in all of that: they convolve along the numbers of a feature
    vector, whose order means little. ``form`` chooses their layers: ``"shallow"`` and ``"deep"``
    build a ``ser.models.vectors.CNN1D``, ``recipe="published"`` a ``ser.models.published.CNN1D``.

    It is meant to be trained with ``SpecAugment`` and ``Mixup``, as ``conf/model/cnn1d.yaml`` does.

    Args:
        num_classes: Number of emotions.
        num_features: Mel bands or coefficients a frame.
        form: None; ``"shallow"`` or ``"deep"`` for the networks over feature vectors.
        penalty_weight: Argument of the networks over feature vectors.
        dropout: Factor on the dropout rate, 0.3 before the logits.
        learning_rate: Highest step size of Adam.
        weight_decay: Decoupled weight decay (AdamW).
        schedule: As in ``EmotionClassifier``.
        label_smoothing: Share of the target spread over all classes.
        class_weight: As in ``EmotionClassifier``.
        optimisation: Further arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``form`` is unknown, or the features are no matrix of frames.

    References:
        Peddinti, Povey and Khudanpur, "A time delay neural network architecture for efficient
        modeling of long temporal contexts", Interspeech 2015.
        https://doi.org/10.21437/Interspeech.2015-647

        Okabe, Koshinaka and Shinoda, "Attentive statistics pooling for deep speaker embedding",
        Interspeech 2018. https://doi.org/10.21437/Interspeech.2018-993
    """

    sequence: ClassVar[bool | None] = True

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        form: str | None = None,
        penalty_weight: float = 0.01,
        dropout: float = 1.0,
        learning_rate: float = 3e-3,
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
        self.convolutions = nn.ModuleList(
            [
                FrameConvolution(num_features, WIDTH, 5, stride=4),
                *(FrameConvolution(WIDTH, WIDTH, 3, dilation=step) for step in DILATIONS),
            ]
        )
        self.pooling = AttentiveStatistics(WIDTH)
        self.head = nn.Sequential(nn.Dropout(0.3 * dropout), nn.Linear(2 * WIDTH, num_classes))

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        check_axes(features, 3)
        frames = centred(features, frame_mask(lengths, features))
        for convolution in self.convolutions:
            frames, lengths = convolution(frames, lengths)
        logits: Tensor = self.head(self.pooling(frames, frame_mask(lengths, frames)))
        return logits
