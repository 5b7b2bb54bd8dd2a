"""Classical learners: any scikit-learn classifier on feature vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.base import clone, is_outlier_detector

from ser.data.fold_data import FoldData
from ser.errors import ConfigError, TrainingError
from ser.models.estimator import EstimatorModel, to_content
from ser.runs.cell import Cell
from ser.runs.predictions import refuse_unsound, tabulate
from ser.training.chance import common_chance, draw_from
from ser.training.learner import Outcome

DRAWN = "probabilities of the estimator itself"
SCALED = "softmax of the decision values, temperature fitted on the validation side"
PLAIN = "softmax of the decision values"


class ClassicalLearner:
    """Fit an estimator in one go.

    The validation side, where the protocol has one, is predicted by an estimator that was fitted
    to the rest of the training side, so that settings can be chosen by it. The test side is
    predicted by one that was fitted to the whole training side: no epoch has to be chosen.
    Features are standardised by the rows that each estimator is fitted to.

    An estimator without ``predict_proba``, such as a support vector machine, has probabilities
    all the same: the softmax of its decision values, divided by a temperature that maximises the
    likelihood of the validation side (1 without such a side). The most probable emotion is that
    of the highest decision value.

    Args:
        estimator: Any classifier of scikit-learn, not fitted.

    References:
        Guo et al., "On calibration of modern neural networks", ICML 2017 (temperature scaling).
        https://proceedings.mlr.press/v70/guo17a.html
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def refuse(self, data: Any) -> None:
        """Refuse what is no classifier, features that are no vectors, and what needs steps.

        Raises:
            ConfigError: If the estimator tells no classes apart, features are matrices of frames,
                or something is to be drawn or dealt out step by step.
        """
        refuse_no_classifier(self.estimator)
        if data.front_end.sequence:
            raise ConfigError(
                f"{type(data.front_end).__name__} gives a matrix of frames, and "
                f"{type(self.estimator).__name__} reads vectors, as of features=statistics; "
                "change features or model."
            )
        if data.augment.online or data.loading.balance:
            what = "augment draws" if data.augment.online else "data.balance deals"
            raise ConfigError(
                f"{what} anew in each step of a training, and {type(self.estimator).__name__} has "
                "no steps; leave it out (augment=none; copies, as of augment=voices, do work), or "
                "take a network, as model=mlp."
            )

    def fit(self, data: FoldData, cell: Cell) -> Outcome:
        """Fit a fold; see ``Learner.fit``."""
        judged, temperature = None, 1.0
        if data.protocol.validation:
            judge = self._fitted(data, cell.seed)
            temperature = judge.temperature = fit_temperature(judge, data)
            judged = _predict(judge, data, "validation", cell)
        whole = data.without_validation()
        model = self._fitted(whole, cell.seed)
        model.temperature = temperature
        drawn = SCALED if data.protocol.validation else PLAIN
        return Outcome(
            test=_predict(model, whole, "test", cell),
            validation=judged,
            facts={"probabilities": DRAWN if model.draws_probabilities else drawn},
            model=to_content(model),
        )

    def _fitted(self, data: FoldData, seed: int) -> EstimatorModel:
        """Fit to the training side; chance, where the estimator has any, comes from the seed."""
        estimator = clone(self.estimator)
        draw_from(estimator, seed)
        vectors, classes = _vectors(data, "train")
        _refuse_one_emotion(estimator, [data.labels[i] for i in np.unique(classes)])
        with common_chance(seed):
            estimator.fit(vectors.astype(np.float64), classes)
        return EstimatorModel(
            estimator,
            data.labels,
            data.prepared.front_end.spec(),
            mean=data.mean,
            std=data.std,
            origin=data.origin,
        )


def refuse_no_classifier(estimator: Any) -> None:
    """Refuse a regressor, or whatever else does not judge classes; nothing is fitted for it.

    Raises:
        ConfigError: If it gives neither probabilities nor decision values, or those of outliers.
    """
    judges = hasattr(estimator, "predict_proba") or hasattr(estimator, "decision_function")
    if not judges or not hasattr(estimator, "get_params") or is_outlier_detector(estimator):
        raise ConfigError(
            f"{type(estimator).__name__} is no classifier of scikit-learn that gives probabilities "
            "or decision values for each class, and these are what a fold is judged by; take one, "
            "such as sklearn.svm.SVC()."
        )
    if not hasattr(estimator, "predict_proba"):
        _refuse_pairs(estimator)


def _refuse_pairs(estimator: Any) -> None:
    """Refuse decision values of pairs of emotions, which are as many as the emotions if 3 are."""
    for name, value in estimator.get_params().items():
        if name.rpartition("__")[2] == "decision_function_shape" and value == "ovo":
            raise ConfigError(
                f"{name}='ovo' gives {type(estimator).__name__} a decision value for each pair of "
                "emotions, and folds are judged by one for each emotion; leave it out, which gives "
                "these ('ovr') and is fitted pair by pair all the same."
            )


def _refuse_one_emotion(estimator: Any, emotions: Sequence[str]) -> None:
    if len(emotions) < 2:  # noqa: PLR2004 - one is told from another
        raise TrainingError(
            f"{type(estimator).__name__} tells emotions apart, and there is {emotions[0]} alone to "
            "fit it to here; take another fold or another cv, or more emotions."
        )


def fit_temperature(model: EstimatorModel, data: FoldData) -> float:
    """Temperature under which the validation side is most likely; 1 if it is not needed."""
    if model.draws_probabilities:
        return 1.0
    vectors, truth = _vectors(data, "validation")
    scores = model.scores(vectors)
    known = np.isfinite(scores[np.arange(len(truth)), truth])  # emotions that were learnt

    def loss(log_temperature: float) -> float:
        shares: NDArray[np.float64] = log_softmax(scores / np.exp(log_temperature), axis=1)
        return float(-shares[np.arange(len(truth)), truth][known].mean())

    if not known.any():
        return 1.0
    return float(np.exp(minimize_scalar(loss, bounds=(-5, 5), method="bounded").x))


def _predict(model: EstimatorModel, data: FoldData, side: str, cell: Cell) -> pd.DataFrame:
    vectors, _ = _vectors(data, side)
    return tabulate(model.shares(vectors), data.rows(side), data.labels, cell)


def _vectors(data: FoldData, side: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Standardised feature vectors of a side, which are finite, and their classes."""
    vectors, classes = (part.numpy() for part in data.vectors(side))
    refuse_unsound(
        vectors,
        data.rows(side),
        ("the standardised features", f"utterances of the {side} side"),
        "check that file, or take other features.",
    )
    return vectors, classes
