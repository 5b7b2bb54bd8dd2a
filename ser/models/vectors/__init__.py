"""The 1D networks over the numbers of a feature vector, in which the published ones convolve.

``form="shallow"`` and ``form="deep"`` build them from ``ser.models``, whose classes of the same
names read frames and take the same arguments; see ``ser.models.registry``.
"""

from ser.models.vectors.cnn1d import CNN1D
from ser.models.vectors.cnn1d_lstm import CNN1DLSTM

__all__ = ["CNN1D", "CNN1DLSTM"]
