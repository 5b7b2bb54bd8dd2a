"""Linear classifiers of scikit-learn as layers: products of matrices and a softmax."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.linear_model._base import LinearClassifierMixin
from sklearn.svm import SVC
from torch import Tensor, nn

from ser.errors import ExportError
from ser.models.estimator import EstimatorModel


class LinearLayers(nn.Module):
    """A fitted linear classifier on standardised vectors; decision values in float64, as fitted.

    Args:
        model: The classifier with its scaler.

    Shape:
        - features: ``(batch, features)``, not standardised
        - output: ``(batch, emotions)``

    Raises:
        ExportError: If the classifier is not linear.
    """

    mean: Tensor
    std: Tensor
    weight: Tensor
    bias: Tensor
    places: Tensor
    pairs: Tensor

    def __init__(self, model: EstimatorModel) -> None:
        super().__init__()
        fitted = model.estimator
        _refuse_curved(fitted)
        self.temperature = 1.0 if model.draws_probabilities else model.temperature
        self.votes, self.drawn = isinstance(fitted, SVC), model.draws_probabilities
        classes = len(fitted.classes_)
        buffers = {
            "mean": model.mean,
            "std": model.std,
            "weight": torch.tensor(fitted.coef_.T, dtype=torch.float64),
            "bias": torch.tensor(fitted.intercept_, dtype=torch.float64),
            "places": torch.eye(len(model.labels))[fitted.classes_],  # of its classes among labels
            "pairs": _pairs(classes),
        }
        for name, value in buffers.items():
            self.register_buffer(name, value)
        self.binary = classes == 2  # noqa: PLR2004 - one decision value stands for both

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the probability of each emotion."""
        values = ((features - self.mean) / self.std).double() @ self.weight + self.bias
        if self.binary:
            first = torch.zeros_like(values) if self.drawn else -values
            values = torch.cat([first, values], 1)
        elif self.votes:
            values = self._votes(values)
        shares: Tensor = torch.softmax(values / self.temperature, 1).float() @ self.places
        return shares

    def _votes(self, values: Tensor) -> Tensor:
        """Votes of each pair of classes, and between equal ones their decision values."""
        sums, won = values @ self.pairs, (values >= 0).double()
        votes = won @ self.pairs.clamp(min=0) + (1 - won) @ (-self.pairs).clamp(min=0)
        return votes + sums / (3 * (sums.abs() + 1))


def _pairs(classes: int) -> Tensor:
    """One row a pair of classes: 1 for the first, -1 for the second."""
    eye = torch.eye(classes, dtype=torch.float64)
    rows = [eye[first] - eye[second] for first, second in combinations(range(classes), 2)]
    return torch.stack(rows) if rows else torch.zeros(0, classes, dtype=torch.float64)


def _refuse_curved(fitted: Any) -> None:
    """Refuse what is no product of matrices, or has probabilities of another kind."""
    name = type(fitted).__name__
    if isinstance(fitted, SVC):
        if fitted.kernel != "linear" or fitted.decision_function_shape != "ovr":
            raise ExportError(f"a {name} with kernel={fitted.kernel!r} {CURVED}")
    elif not isinstance(fitted, LinearClassifierMixin):
        raise ExportError(f"a {name} {CURVED}")
    if hasattr(fitted, "predict_proba") and not isinstance(fitted, LogisticRegression):
        raise ExportError(f"a {name} with probabilities of its own {CURVED}")


CURVED = (
    "is no linear classifier, which alone can be exported; take model=linear, model=lda, or "
    "model=svm with model.kernel=linear, or export to=safetensors."
)
