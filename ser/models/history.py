"""What networks did while a setting of theirs had another default or name, or was none yet."""

from __future__ import annotations

from collections.abc import Mapping

# By class; checkpoints and runs of then do not name the setting.
BEFORE: Mapping[str, Mapping[str, bool | int]] = {
    "CNN": {"subtract_mean": True},
    "CNN2D": {"stem_stride": 1, "subtract_mean": False},
    "CNN2DLSTM": {"stem_stride": 1, "subtract_mean": False},
    "LSTMClassifier": {"subtract_mean": False},
    "ResNet": {"stem_stride": 1, "subtract_mean": False},
    "ResNet50": {"stem_stride": 2, "subtract_mean": False},
}
# Of the 1D networks, which were called after the corpora of the source.
FORMER_FORMS = {"iemocap": "shallow", "emodb": "deep"}
