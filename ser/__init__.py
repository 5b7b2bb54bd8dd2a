"""Speech emotion recognition: corpus → folds → features → model → results.

What a program needs, by what it is for::

    ser.cross_validate(data, model, cv)   train and test on every fold: predictions, figures, page
    ser.CrossValidation(folder)           the same of a run that python -m ser.train has made
    ser.load(checkpoint)                  a trained model: predictor(waveform, rate)
    ser.register(kind)                    let models on a network or front end of yours be loaded

    ser.data        datamodules of every corpus, for a Trainer of your own
    ser.models      networks, each a LightningModule; EmotionClassifier is their base
    ser.features    front ends: waveforms to features
    ser.corpora     lists of utterances; Corpus is the base of your own
    ser.folds       regimes, protocols and lists of folds
    ser.augment     augmentation
    ser.evaluation  figures, intervals and tests of predictions
    ser.errors      SerError, the base of what a user can correct

Nothing heavy is imported before it is used. ``python -m ser`` lists the commands,
``docs/python.md`` has examples.
"""

from __future__ import annotations

from ser.system.early import leave_early
from ser.system.version import __version__

leave_early()  # before what takes a while to import

from importlib import import_module  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

if TYPE_CHECKING:
    from ser import augment, corpora, data, errors, evaluation, features, folds, models
    from ser.inference.loading import load
    from ser.inference.prediction import Prediction
    from ser.inference.predictor import Predictor
    from ser.inference.registering import register
    from ser.report.result import CrossValidation
    from ser.training.cross_validation import cross_validate

# Heavy imports wait until they are used: `import ser` costs nothing.
_HOMES = {
    "CrossValidation": "ser.report.result",
    "Prediction": "ser.inference.prediction",
    "Predictor": "ser.inference.predictor",
    "cross_validate": "ser.training.cross_validation",
    "load": "ser.inference.loading",
    "register": "ser.inference.registering",
}
_ROOMS = ("augment", "corpora", "data", "errors", "evaluation", "features", "folds", "models")

__all__ = [
    "CrossValidation",
    "Prediction",
    "Predictor",
    "__version__",
    "augment",
    "corpora",
    "cross_validate",
    "data",
    "errors",
    "evaluation",
    "features",
    "folds",
    "load",
    "models",
    "register",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"ser.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ser' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
