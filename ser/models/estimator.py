"""A fitted scikit-learn estimator as a model: labels, front end and scaler travel with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from io import BytesIO
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from ser.errors import RunError, in_a_line
from ser.models.archive import open_archive
from ser.models.description import ESTIMATOR, check_description
from ser.models.supports import check_supports
from ser.models.weights import check_scaler, check_whole

OURS = {"ser.models.lda.LDA"}  # beside those of scikit-learn, which skops trusts
ROUNDING = 1e-3  # by which probabilities of single precision may miss 1
DAMAGED_OR_OTHER = (
    "the file is damaged, or was written with another scikit-learn than the "
    f"{version('scikit-learn')} that is installed; fit it again."
)


class EstimatorModel:
    """A fitted classifier on standardised vectors.

    Attributes:
        sequence: Whether it reads frames; it does not.

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

    sequence = False

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
    def num_features(self) -> int:
        """Numbers of a vector."""
        return len(self.mean)

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
        scaled = (features.cpu() - self.mean) / self.std
        return torch.from_numpy(self.shares(scaled.numpy())).float().to(features.device)

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
    packed = bytearray(_skops().dumps(model.estimator))
    return {
        "ser": {
            "network": ESTIMATOR,
            "labels": model.labels,
            "front_end": model.front_end,
            "temperature": model.temperature,
            "origin": model.origin,
        },
        "estimator": torch.frombuffer(packed, dtype=torch.uint8),
        "feature_mean": model.mean,
        "feature_std": model.std,
    }


def from_content(content: Mapping[str, Any]) -> EstimatorModel:
    """Read the content of a model file; no code in it is run.

    Raises:
        RunError: If it holds an estimator of a type that cannot be loaded safely, or one that does
            not fit its labels and scaler.
    """
    described = check_description(content)
    mean, std = _scaler(content)
    model = EstimatorModel(
        _estimator(content.get("estimator")),
        described["labels"],
        described["front_end"] or {},
        mean=mean,
        std=std,
        temperature=_temperature(described.get("temperature")),
        origin=described.get("origin"),
    )
    _check_estimator(model)
    return model


def _scaler(content: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    mean, std = (content.get(name) for name in ("feature_mean", "feature_std"))
    check_whole([mean, std])
    if not (isinstance(mean, Tensor) and isinstance(std, Tensor)) or mean.shape != std.shape:
        raise RunError("feature_mean and feature_std differ in length; the file is damaged.")
    if mean.ndim != 1 or not (mean.is_floating_point() and std.is_floating_point()):
        raise RunError("feature_mean and feature_std are not vectors; the file is damaged.")
    check_scaler(mean, std)
    return mean, std


def _temperature(value: object) -> float:
    if not isinstance(value, float | int) or not 0 < value < float("inf"):
        raise RunError(f"temperature={value!r} is not a positive number; the file is damaged.")
    return float(value)


def _estimator(packed: object) -> Any:
    check_whole([packed])
    if not isinstance(packed, Tensor) or packed.dtype != torch.uint8:
        raise RunError("the estimator is not stored as bytes; the file is damaged.")
    data = packed.numpy().tobytes()
    open_archive(BytesIO(data))
    try:
        if not (doubtful := set(_skops().get_untrusted_types(data=data)) - OURS):
            return _skops().loads(data, trusted=list(OURS))
    except Exception as error:  # skops follows what the bytes say into any error
        raise RunError(
            f"its estimator cannot be read ({type(error).__name__}); {DAMAGED_OR_OTHER}"
        ) from error
    raise RunError(
        f"the model holds {', '.join(sorted(doubtful))}, which cannot be loaded without trusting "
        "whoever wrote it; fit it again where it is to be used, or take model=svm or linear."
    )


def _skops() -> Any:
    from skops import io  # noqa: PLC0415 - slow to import, and networks need none of it

    return io


def _check_estimator(model: EstimatorModel) -> None:
    """Try an estimator out on the mean of what it was fitted to, once its sizes are right."""
    try:
        check_supports(model.estimator)
        classes = np.asarray(model.estimator.classes_)
        fits = set(classes.tolist()) <= set(range(len(model.labels))) and classes.dtype.kind == "i"
        shares = model.probabilities(model.mean[None]) if fits else None
        whole = shares is not None and abs(float(shares.sum()) - 1) < ROUNDING
    except RunError:
        raise
    except Exception as error:  # anything, since its attributes are those of the file
        raise _unfit(model, in_a_line(error)) from error
    if not whole:
        raise _unfit(model, "it does not give one probability for each label")


def _unfit(model: EstimatorModel, how: str) -> RunError:
    return RunError(
        f"its {type(model.estimator).__name__} does not fit labels and scaler ({how}); "
        f"{DAMAGED_OR_OTHER}"
    )
