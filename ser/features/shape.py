"""The shape of what a front end gives: one that is off would be stored as other numbers."""

from __future__ import annotations

from torch import Tensor

from ser.features.frontend import FrontEnd
from ser.features.limits import require


def in_shape(front_end: FrontEnd, features: Tensor, frames: Tensor) -> Tensor:
    """Return features of a batch in float32, with a frame axis.

    Args:
        front_end: What gave the features.
        features: What it gave.
        frames: Frames that it says it gives of each utterance.

    Shape:
        - features: ``(batch, channels, frames)``, or ``(batch, features)``
        - output: ``(batch, channels, frames)``

    Raises:
        ConfigError: If the batch, the channels or the frames are not as many as they should be.
    """
    size = (len(frames), front_end.num_features)
    fits = features.ndim == (3 if front_end.sequence else 2) and features.shape[:2] == size
    require(
        fits and (not front_end.sequence or features.shape[2] >= int(frames.max())),
        f"{type(front_end).__name__}.extract gives features of shape {tuple(features.shape)} of "
        f"{size[0]} utterances; with num_features={size[1]} and sequence={front_end.sequence} they "
        f"must be {_wanted(front_end, size, int(frames.max()))}. Correct the class.",
    )
    require(
        not features.is_complex(),
        f"{type(front_end).__name__}.extract gives complex numbers; give real ones.",
    )
    return features.float().reshape(*size, -1)


def _wanted(front_end: FrontEnd, size: tuple[int, int], frames: int) -> str:
    return f"({size[0]}, {size[1]}, {frames} or more)" if front_end.sequence else f"{size}"
