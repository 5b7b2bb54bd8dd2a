"""What networks over spectrograms share whose first convolution may skip positions."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ser.errors import check_choice
from ser.models.classifier import EmotionClassifier


class StemmedClassifier(EmotionClassifier):
    """A classifier whose first convolution has a stride, trained by one cycle of its learning rate.

    Half of the utterances are learned without the mean of each band, and an answer is the mean of
    those with and without.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        stem_stride: Stride of the first convolution, 2 or 1 where the network names no others; each
            says what follows it.
        learning_rate: Highest step size of Adam.
        schedule: As in ``EmotionClassifier``.
        subtract_mean: As in ``EmotionClassifier``.
        optimisation: Further arguments of ``EmotionClassifier``.

    Raises:
        ConfigError: If ``stem_stride`` is unknown.
    """

    sequence: ClassVar[bool | None] = True
    stem_strides: ClassVar[tuple[int, ...]] = (1, 2)

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        stem_stride: int = 2,
        learning_rate: float = 3e-3,
        schedule: str = "onecycle",
        subtract_mean: bool | Literal["both"] = "both",
        **optimisation: Any,
    ) -> None:
        super().__init__(
            num_classes,
            num_features,
            learning_rate=learning_rate,
            schedule=schedule,
            subtract_mean=subtract_mean,
            **optimisation,
        )
        check_choice("stem_stride", stem_stride, self.stem_strides)
        self.stem_stride = stem_stride
