"""Models of different features as one, which reads the waveform that all of them start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import RunError
from ser.features import FrontEnd, RawWaveform, build_front_end


class Fusion(nn.Module):
    """Several models, whose probabilities are averaged by their shares.

    Args:
        models: Models with features of their own, as ``Predictor`` takes them.
        shares: Share of each.
        origin: Where they are from.

    Shape:
        - features: ``(batch, 1, time)``, the waveform
        - lengths: ``(batch,)``, samples that are not padding, or None
        - output: ``(batch, num_classes)``

    Raises:
        RunError: If a model does not know its front end, or they read different sampling rates.
    """

    sequence = True

    def __init__(
        self, models: Sequence[Any], shares: Sequence[float], origin: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self.register_buffer("shares", torch.tensor(shares), persistent=False)
        self.models = list(models)
        self.networks = nn.ModuleList(model for model in models if isinstance(model, nn.Module))
        specs = {repr(model.front_end): model.front_end for model in models}
        self.front_ends = nn.ModuleList(build_front_end(spec or {}) for spec in specs.values())
        self.places = [[*specs].index(repr(model.front_end)) for model in models]
        raw = RawWaveform(self._sample_rate())
        self.labels, self.origin = models[0].labels, origin
        self.front_end, self.num_features = raw.spec(), raw.num_features

    @property
    def ends(self) -> list[FrontEnd]:
        """Front ends of the models, each once."""
        return [end for end in self.front_ends if isinstance(end, FrontEnd)]

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Probability of each emotion."""
        waveform = features[:, 0]
        heard = [end.transform(waveform, lengths) for end in self.ends]
        pairs = zip(self.models, self.places, strict=True)
        found = [model.probabilities(*heard[place]) for model, place in pairs]
        shares: Any = self.shares
        return torch.einsum("m,mbc->bc", shares, torch.stack(found))

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits: logarithms of the probabilities."""
        return self.probabilities(features, lengths).clamp(min=torch.finfo().tiny).log()

    def _sample_rate(self) -> int:
        rates = sorted({end.sample_rate for end in self.ends})
        if len(rates) > 1:
            raise RunError(
                f"its models read {' and '.join(map(str, rates))} Hz, and one waveform has one "
                "rate; the file is damaged."
            )
        return int(rates[0])


def ends_of(predictor: Any) -> list[FrontEnd]:
    """Front ends that a predictor reads by: those of several models, or its own."""
    return _ends(predictor.model) or [predictor.front_end]


def _ends(model: Any) -> list[FrontEnd]:
    """Front ends of a fusion, or of fusions that are averaged."""
    if isinstance(model, Fusion):
        return model.ends
    return [end for part in getattr(model, "models", ()) for end in _ends(part)]
