"""What the published forms have in common."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ser.models.blocks import keras
from ser.models.classifier import EmotionClassifier


class PublishedForm(EmotionClassifier):
    """A network in its published form; arguments are those of its default form.

    Args:
        num_classes: Number of emotions.
        num_features: Channels of the features, or numbers in a feature vector.
        recipe: ``"published"``, which is all that there is here.
        optimisation: Further arguments of ``EmotionClassifier``.

    Raises:
        ConfigError: If ``recipe`` is another one.
    """

    recipe: ClassVar[str] = "published"

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        recipe: str = "published",
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, recipe=recipe, **optimisation)

    def as_in_keras(self) -> None:
        """Draw the first weights, and average batch statistics, as Keras does by default."""
        self.apply(keras.initialise)
        self.apply(keras.batch_norm)


class StemlessForm(PublishedForm):
    """The published form of a ``StemmedClassifier``, of which it keeps the steps of the training.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients a frame.
        stem_stride: Argument of the default form; the first convolution is the source's here.
        learning_rate: Highest step size of Adam.
        schedule: As in ``EmotionClassifier``.
        subtract_mean: Argument of the default form; nothing is subtracted here.
        optimisation: Further arguments of ``EmotionClassifier``.
    """

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
            **optimisation,
        )
