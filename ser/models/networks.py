"""All networks, imported so that each is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser.errors import RunError, likely
from ser.models import published
from ser.models.classifier import EmotionClassifier
from ser.models.cnn import CNN
from ser.models.cnn1d import CNN1D
from ser.models.cnn1d_lstm import CNN1DLSTM
from ser.models.cnn2d import CNN2D
from ser.models.cnn2d_lstm import CNN2DLSTM
from ser.models.lstm import LSTMClassifier
from ser.models.mlp import MLP
from ser.models.registry import NETWORKS, register
from ser.models.resnet import ResNet
from ser.models.resnet50 import ResNet50

if TYPE_CHECKING:
    from pytorch_lightning import LightningModule


def network_class(name: str) -> type[LightningModule]:
    """Find a network by the name that its checkpoints give it.

    Raises:
        RunError: If there is none of that name in ``ser.models``, and none was registered.
    """
    if isinstance(name, str) and name in NETWORKS:
        return NETWORKS[name]
    short = str(name).rpartition(".")[2]
    raise RunError(
        f"{name!r} is neither a network of ser.models nor a registered one"
        f"{likely(name, NETWORKS)}; import its class and call ser.register({short}), or pass it: "
        f"ser.load(path, network={short})."
    )
