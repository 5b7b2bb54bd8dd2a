"""What a predictor is made of and gives: a model, what it hears, what it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from ser.features import FrontEnd
from ser.inference.origin import Origin


@dataclass(frozen=True)
class Prediction:
    """What a model says of an utterance.

    Args:
        emotion: Most probable emotion.
        probabilities: Probability of each emotion, most probable first.
        notes: Sentences on what is unlike the audio that the model was trained on, or was done to
            the waveform; mostly none.
    """

    emotion: str
    probabilities: dict[str, float]
    notes: tuple[str, ...] = ()


class Heard(NamedTuple):
    """An utterance as a model takes it.

    Shape:
        - features: ``(1, channels, frames)`` or ``(1, channels)``
        - lengths: ``(1,)``
    """

    features: Tensor
    lengths: Tensor
    notes: tuple[str, ...]

    @property
    def cut(self) -> Tensor:
        """Features without frames of padding."""
        return self.features[..., : int(self.lengths)] if self.features.ndim > 2 else self.features  # noqa: PLR2004 - (batch, channels, frames)


class Model(Protocol):
    """What a predictor needs: a network has it, and so has a fitted estimator."""

    @property
    def labels(self) -> list[str]:
        """Emotions in class order."""
        ...

    @property
    def front_end(self) -> dict[str, Any] | None:
        """Description of the front end, as ``FrontEnd.spec`` gives it."""
        ...

    @property
    def origin(self) -> Mapping[str, Any]:
        """Where it is from, as ``Origin.read`` takes it."""
        ...

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Probability of each emotion, ``(batch, emotions)``."""
        ...


class Judge(Protocol):
    """A predictor, as batches and timelines of many utterances use it."""

    front_end: FrontEnd
    model: Model
    origin: Origin

    def computing(self) -> AbstractContextManager[object]:
        """Keep a user's settings away from what is computed meanwhile."""
        ...

    def hear(self, waveform: Any, sample_rate: int) -> Heard:
        """Turn an utterance into features; raises ``AudioError`` if there is nothing in it."""
        ...

    def shares(self, features: Tensor, lengths: Tensor) -> list[list[float]]:
        """Probabilities of a batch, checked."""
        ...

    def ranked(self, shares: Sequence[float], notes: tuple[str, ...]) -> Prediction:
        """Put the probabilities of an utterance into order."""
        ...


def weight_of(model: Model) -> Tensor:
    """A tensor that has the device and the type which the model computes with."""
    own = chain(model.parameters(), model.buffers()) if isinstance(model, nn.Module) else ()
    floating = (each for each in own if each.is_floating_point())
    return next(floating, torch.zeros(0, dtype=torch.float32, device="cpu"))
