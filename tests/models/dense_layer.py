"""The smallest network there is, for tests of what all networks do."""

from torch import nn

from ser.models import EmotionClassifier


class DenseLayer(EmotionClassifier):
    """One dense layer, on vectors."""

    def __init__(self, num_classes, num_features, **optimisation):
        super().__init__(num_classes, num_features, **optimisation)
        self.layer = nn.Linear(num_features, num_classes)

    def forward(self, features, lengths=None):
        return self.layer(features)
