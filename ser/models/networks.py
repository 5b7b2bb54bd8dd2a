"""All networks, imported so that each is registered; Lightning comes with them."""

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
from ser.models.registry import network_class, register
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
