"""What the published forms have in common."""

from __future__ import annotations

from typing import Any, ClassVar

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
