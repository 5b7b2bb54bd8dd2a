"""How networks are trained that have to do with few utterances and new voices."""

from __future__ import annotations

from typing import Any

from ser.models.classifier import EmotionClassifier


class RegularisedClassifier(EmotionClassifier):
    """A classifier whose training holds back: decay, smoothed labels, one cycle, rare emotions.

    Args:
        num_classes: Number of emotions.
        num_features: Channels of the features, or numbers in a feature vector.
        weight_decay: Decoupled weight decay (AdamW).
        schedule: As in ``EmotionClassifier``.
        label_smoothing: Share of the target spread over all classes.
        class_weight: As in ``EmotionClassifier``.
        optimisation: Further arguments of ``EmotionClassifier``.
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        weight_decay: float = 1e-2,
        schedule: str = "onecycle",
        label_smoothing: float = 0.1,
        class_weight: str | None = "sqrt",
        **optimisation: Any,
    ) -> None:
        super().__init__(
            num_classes,
            num_features,
            weight_decay=weight_decay,
            schedule=schedule,
            label_smoothing=label_smoothing,
            class_weight=class_weight,
            **optimisation,
        )
