"""Several trained models as one: a run's folds, or any model files of the same emotions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import RunError
from ser.inference.fusion import Fusion

NONE = "none"
WORDS = ("corpus", "regime", "protocol")  # of an origin: kept where all models agree


class Average(nn.Module):
    """Models that read the same features, whose probabilities are averaged.

    Args:
        models: Networks or fitted estimators with the same front end.
        labels: Emotions in class order; those of a model may be in any other.
        origin: Where they are from.

    Shape:
        - features: as its models take them
        - output: ``(batch, num_classes)``
    """

    order: Tensor

    def __init__(
        self, models: Sequence[Any], labels: Sequence[str], origin: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self.models = list(models)
        self.networks = nn.ModuleList(model for model in models if isinstance(model, nn.Module))
        orders = [[model.labels.index(label) for label in labels] for model in models]
        self.register_buffer("order", torch.tensor(orders), persistent=False)
        first = models[0]
        self.labels, self.front_end, self.origin = list(labels), first.front_end, origin
        self.num_features, self.sequence = first.num_features, first.sequence

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Mean of what the models give each emotion."""
        features = features.float()
        found = [
            model.probabilities(features, lengths)[:, order]
            for model, order in zip(self.models, self.order.to(features.device), strict=True)
        ]
        return torch.stack(found).mean(0)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits: logarithms of the probabilities."""
        return self.probabilities(features, lengths).clamp(min=torch.finfo().tiny).log()


def averaged(models: Sequence[Any], origins: Sequence[Mapping[str, Any]]) -> nn.Module:
    """Average models, computing features that several of them read once.

    Args:
        models: Two or more networks or fitted estimators.
        origins: Where each is from.

    Raises:
        RunError: If their emotions differ, they read different sampling rates, or they were
            trained with different ``normalise=``, or with that of a group on different features.
    """
    labels = list(models[0].labels)
    for model in models:
        if set(model.labels) != set(labels):
            raise RunError(
                f"the models know {', '.join(labels)} and {', '.join(model.labels)}, and only "
                "models of the same emotions can be averaged; pass them one at a time."
            )
    settings = [model.front_end["settings"] for model in models]
    rates = sorted({each["sample_rate"] for each in settings if "sample_rate" in each})
    if len(rates) > 1:
        raise RunError(
            f"the models read {' and '.join(map(str, rates))} Hz, and only models of one rate can "
            "be averaged; pass them one at a time."
        )
    origin = merged(origins)
    alike = [list(found) for _, found in groupby(sorted(models, key=_reads), _reads)]
    parts = [Average(found, labels, origin) for found in alike]
    if len(parts) == 1:
        return parts[0]
    if origin["transductive"]:
        raise RunError(
            f"the models were trained with normalise={origin['scaler']} on different features, and "
            "only those of equal features are scaled together; pass them one at a time."
        )
    return Fusion(parts, [len(found) / len(models) for found in alike], origin)


def merged(origins: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Say of several models together where they are from: what is doubtful of one is of all.

    Raises:
        RunError: If they were trained with different ``normalise=``.
    """
    groups = list(dict.fromkeys(map(_normalised_by, origins)))
    if len(groups) > 1:
        raise RunError(
            f"some of the models were trained with normalise={groups[0]} and some with "
            f"normalise={groups[1]}; only models of one kind can be averaged."
        )
    found = {word: {origin.get(word, "") for origin in origins} for word in WORDS}
    return {
        **{word: each.pop() if len(each) == 1 else "" for word, each in found.items()},
        "leaks": " and ".join(dict.fromkeys(filter(None, (o.get("leaks") for o in origins)))),
        "shuffled": any(origin.get("shuffled") for origin in origins),
        "transductive": groups[0] != NONE,
        **({"scaler": groups[0]} if groups[0] != NONE else {}),
        "heard": _widest([origin.get("heard") or {} for origin in origins]),
    }


def _normalised_by(origin: Mapping[str, Any]) -> str:
    """The choice of ``normalise=`` that a model was trained with."""
    return str(origin.get("scaler", "speaker")) if origin.get("transductive") else NONE


def _widest(heard: Sequence[Mapping[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """Limits of what any of the models heard; of facts that all of them know."""
    names: Iterable[str] = [name for name in heard[0] if all(name in each for each in heard)]
    return {
        name: (min(each[name][0] for each in heard), max(each[name][1] for each in heard))
        for name in names
    }


def _reads(model: Any) -> str:
    return repr(model.front_end)
