"""The networks as the source has them: layers, padding and Keras defaults, repeated literally.

They are frozen. What is better about a network belongs in ``ser.models``, whose class of the same
name takes the same arguments; figures of these are comparable with published ones, and no more.
``recipe="published"`` builds them from there as well.

References:
    The notebooks of https://github.com/FalseZer0/SER-CNN-FYP.
"""

from ser.models.published.cnn1d import CNN1D
from ser.models.published.cnn1d_lstm import CNN1DLSTM
from ser.models.published.cnn2d import CNN2D
from ser.models.published.cnn2d_lstm import CNN2DLSTM
from ser.models.published.lstm import LSTMClassifier
from ser.models.published.resnet import ResNet
from ser.models.published.resnet50 import ResNet50

__all__ = ["CNN1D", "CNN1DLSTM", "CNN2D", "CNN2DLSTM", "LSTMClassifier", "ResNet", "ResNet50"]
