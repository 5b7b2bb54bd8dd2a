"""The smallest network that draws, for tests of what a continued or recorded training draws."""

from torch import nn

from ser.models import EmotionClassifier


class Line(EmotionClassifier):
    """One dense layer after dropout, which draws anew in each step."""

    def __init__(self, num_classes, num_features, **optimisation):
        super().__init__(num_classes, num_features, **optimisation)
        self.layers = nn.Sequential(nn.Dropout(0.5), nn.Linear(num_features, num_classes))

    def forward(self, features, lengths=None):
        return self.layers(features)
