"""Networks, one a file, each a LightningModule on ``EmotionClassifier``.

``ser.models.published`` holds the published form of each, ``blocks`` what they share. Networks are
imported once one is asked for: a model file of scikit-learn needs neither them nor Lightning.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ser.models import published
    from ser.models.checkpoints import build_from_checkpoint
    from ser.models.classifier import EmotionClassifier
    from ser.models.cnn import CNN
    from ser.models.cnn1d import CNN1D
    from ser.models.cnn1d_lstm import CNN1DLSTM
    from ser.models.cnn2d import CNN2D
    from ser.models.cnn2d_lstm import CNN2DLSTM
    from ser.models.lstm import LSTMClassifier
    from ser.models.mlp import MLP
    from ser.models.networks import network_class
    from ser.models.registry import register
    from ser.models.resnet import ResNet
    from ser.models.resnet50 import ResNet50

__all__ = [
    "CNN",
    "CNN1D",
    "CNN1DLSTM",
    "CNN2D",
    "CNN2DLSTM",
    "MLP",
    "EmotionClassifier",
    "LSTMClassifier",
    "ResNet",
    "ResNet50",
    "build_from_checkpoint",
    "network_class",
    "published",
    "register",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        home = "checkpoints" if name == "build_from_checkpoint" else "networks"
        return getattr(import_module(f"ser.models.{home}"), name)
    raise AttributeError(f"module 'ser.models' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
