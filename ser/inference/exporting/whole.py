"""A predictor as one function of waveforms that compilers trace."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import ExportError
from ser.features import build_front_end
from ser.inference.ensemble import Average
from ser.inference.exporting.estimators import LinearLayers
from ser.inference.exporting.front_ends import traced
from ser.inference.fusion import Fusion
from ser.inference.prediction import Model
from ser.inference.predictor import Predictor
from ser.models.estimator import EstimatorModel


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
        self.front_end = traced(build_front_end(model.front_end or {}))
        self.model = _layers(model)

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
        self.front_end = traced(build_front_end(average.front_end or {}))
        self.models = nn.ModuleList(map(_layers, average.models))
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


def _layers(model: Model) -> Any:
    return LinearLayers(model) if isinstance(model, EstimatorModel) else model
