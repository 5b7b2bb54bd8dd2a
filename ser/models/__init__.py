"""Networks, one a file, each a LightningModule on ``EmotionClassifier``."""

from ser.models.classifier import EmotionClassifier
from ser.models.cnn1d import CNN1D

__all__ = ["CNN1D", "EmotionClassifier"]
