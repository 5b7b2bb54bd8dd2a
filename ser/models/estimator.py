"""A fitted scikit-learn estimator as a model: labels, front end and scaler travel with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from ser.errors import RunError

KIND = "estimator"  # what a model file of this kind says in the place of a network


class EstimatorModel:
    """A fitted classifier on standardised vectors.

    Args:
        estimator: Fitted classifier of scikit-learn; its classes are positions in ``labels``.
        labels: Emotions in class order.
        front_end: Description of the front end, as ``FrontEnd.spec`` gives it.
        mean: Mean of each number of a vector.
        std: Standard deviation of each.
        temperature: Divides decision values before their softmax.
        origin: Where it is from, as ``FoldData.origin`` says.

    Shape:
        - mean, std: ``(features,)``
    """

    def __init__(
        self,
        estimator: Any,
        labels: Sequence[str],
        front_end: Mapping[str, Any],
        *,
        mean: Tensor,
        std: Tensor,
        temperature: float = 1.0,
        origin: Mapping[str, Any] | None = None,
    ) -> None:
        self.estimator = estimator
        self.labels = list(labels)
        self.front_end = dict(front_end)
        self.mean = mean
        self.std = std
        self.temperature = temperature
        self.origin = dict(origin or {})

    @property
    def draws_probabilities(self) -> bool:
        """Whether the estimator has probabilities of its own."""
        return hasattr(self.estimator, "predict_proba")

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Probability of each emotion.

        Shape:
            - features: ``(batch, features)``, not standardised
            - output: ``(batch, emotions)``
        """
        scaled = (features - self.mean) / self.std
        return torch.from_numpy(self.shares(scaled.cpu().numpy())).float()

    def shares(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities of standardised vectors, ``(vectors, emotions)``."""
        if self.draws_probabilities:
            drawn = self.estimator.predict_proba(vectors.astype(np.float64))
            return self._spread(drawn, absent=0.0)
        shares: NDArray[np.float64] = softmax(self.scores(vectors) / self.temperature, axis=1)
        return shares

    def scores(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """Decision values, ``(vectors, emotions)``; -inf for an emotion that was not learnt."""
        values = np.asarray(self.estimator.decision_function(vectors.astype(np.float64)))
        if values.ndim == 1:  # of two classes scikit-learn gives one value, that of the second
            values = np.stack([-values, values], axis=1)
        return self._spread(values, absent=-np.inf)

    def _spread(self, values: NDArray[Any], absent: float) -> NDArray[np.float64]:
        whole = np.full((len(values), len(self.labels)), absent)
        whole[:, self.estimator.classes_] = values
        return whole


def to_content(model: EstimatorModel) -> dict[str, Any]:
    """Content of a model file: plain types, tensors, and the estimator as skops writes it."""
    from skops.io import dumps  # noqa: PLC0415 - slow to import, and networks need none of it

    return {
        "ser": {
            "network": KIND,
            "labels": model.labels,
            "front_end": model.front_end,
            "temperature": model.temperature,
            "origin": model.origin,
        },
        "estimator": torch.frombuffer(bytearray(dumps(model.estimator)), dtype=torch.uint8),
        "feature_mean": model.mean,
        "feature_std": model.std,
    }


def from_content(content: Mapping[str, Any]) -> EstimatorModel:
    """Read the content of a model file; no code in it is run.

    Raises:
        RunError: If it holds an estimator of a type that cannot be loaded safely.
    """
    from skops.io import get_untrusted_types, loads  # noqa: PLC0415

    packed = content["estimator"].numpy().tobytes()
    if doubtful := get_untrusted_types(data=packed):
        raise RunError(
            f"the model holds {', '.join(doubtful)}, which cannot be loaded without trusting "
            "whoever wrote it; fit it again where it is to be used, or take model=svm or linear."
        )
    told = content["ser"]
    return EstimatorModel(
        loads(packed, trusted=[]),
        told["labels"],
        told["front_end"],
        mean=content["feature_mean"],
        std=content["feature_std"],
        temperature=told["temperature"],
        origin=told.get("origin"),
    )
