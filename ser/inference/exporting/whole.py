"""A predictor as one function of waveforms that compilers trace."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import ExportError
from ser.features import FrontEnd, build_front_end
from ser.inference.batching import PUBLISHED
from ser.inference.ensemble import Average
from ser.inference.exporting.estimators import LinearLayers
from ser.inference.exporting.front_ends import traced
from ser.inference.fusion import Fusion
from ser.inference.prediction import Model
from ser.inference.predictor import Predictor
from ser.models.estimator import EstimatorModel
from ser.models.registry import name_of


class Whole(nn.Module):
    """Front end and model in one.

    Shape:
        - waveform: ``(batch, time)``, samples at the rate of the front end
        - lengths: ``(batch,)``, samples of each utterance, whole numbers of 64 bits
        - output: ``(batch, emotions)``, probabilities
    """


class One(Whole):
    """One model with its front end.

    Args:
        model: The model.

    Raises:
        ExportError: If model or front end cannot be traced.
    """

    def __init__(self, model: Model) -> None:
        super().__init__()
        front_end = build_front_end(model.front_end or {})
        self.front_end, self.model = traced(front_end), _layers(model, front_end)

    def forward(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the probabilities."""
        found: Tensor = self.model.probabilities(*self.front_end(waveform, lengths))
        return found


class Alike(Whole):
    """Models of the same features, whose probabilities are averaged.

    Args:
        average: The models.

    Raises:
        ExportError: If one of them cannot be traced.
    """

    order: Tensor

    def __init__(self, average: Average) -> None:
        super().__init__()
        front_end = build_front_end(average.front_end or {})
        self.front_end = traced(front_end)
        self.models = nn.ModuleList(_layers(model, front_end) for model in average.models)
        self.register_buffer("order", average.order)

    def forward(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the probabilities."""
        heard = self.front_end(waveform, lengths)
        models: list[Any] = list(self.models)
        found = [
            model.probabilities(*heard).index_select(1, order)
            for model, order in zip(models, self.order.unbind(), strict=True)
        ]
        return torch.stack(found).mean(0)


class Several(Whole):
    """Models of different features, whose probabilities are averaged by their shares.

    Args:
        fusion: The models.

    Raises:
        ExportError: If one of them cannot be traced.
    """

    def __init__(self, fusion: Fusion) -> None:
        super().__init__()
        self.parts = nn.ModuleList(map(_form, fusion.models))
        self.shares: list[float] = fusion.get_buffer("shares").tolist()

    def forward(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the probabilities."""
        pairs = zip(self.shares, self.parts, strict=True)
        found = [share * part(waveform, lengths) for share, part in pairs]
        return torch.stack(found).sum(0)

    def probabilities(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Return those of a waveform that is the features, ``(batch, 1, time)``."""
        found: Tensor = self(features[:, 0], lengths)
        return found


def whole(predictor: Predictor) -> Whole:
    """Give a predictor as a function that can be traced.

    Args:
        predictor: The model.

    Raises:
        ExportError: If it judges a speaker and not an utterance, or cannot be traced.
    """
    if predictor.origin.transductive:
        raise ExportError(
            f"this model was trained with normalise={predictor.origin.scaler} and judges a "
            f"{predictor.origin.scaler} by all of its audio, which no function of one utterance "
            "does; export to=safetensors."
        )
    return _form(predictor.model).eval()


def _form(model: Model) -> Whole:
    if isinstance(model, Fusion):
        return Several(model)
    return Alike(model) if isinstance(model, Average) else One(model)


def _layers(model: Model, front_end: FrontEnd) -> Any:
    if isinstance(model, EstimatorModel):
        return LinearLayers(model)
    if isinstance(model, Fusion):
        return Several(model)
    alike = front_end.pad and front_end.duration is not None
    if front_end.sequence and not alike:
        _refuse_padding(model, type(front_end).__name__)
    return model


def _refuse_padding(model: Any, features: str) -> None:
    """Refuse networks that would judge an utterance by those beside it in a batch."""
    for part in model.modules():
        if type(part).__module__.startswith(PUBLISHED):
            raise ExportError(
                f"{name_of(type(part))} takes padding for sound, and {features} gives utterances "
                "of a batch as many frames as the longest has; train it with features=mfcc, which "
                "pads all alike, or without recipe=published, or export to=safetensors."
            )
