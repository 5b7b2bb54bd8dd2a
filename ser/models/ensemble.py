"""Several networks as one model: their probabilities averaged, their weights in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import RunError
from ser.models.checkpoints import build_from_checkpoint
from ser.models.classifier import EmotionClassifier
from ser.models.description import check_description
from ser.models.weights import weights_in

MEMBERS = "members"  # what a model file says of how many networks it holds
MOST_MEMBERS = 100


class Ensemble(nn.Module):
    """Networks that were trained on one fold, whose probabilities are averaged.

    Args:
        members: The networks.

    Shape:
        - features: as its networks take them, not standardised
        - output: ``(batch, num_classes)``
    """

    def __init__(self, members: Sequence[EmotionClassifier]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        first = members[0]
        self.labels, self.front_end, self.origin = first.labels, first.front_end, first.origin
        self.num_features, self.sequence = first.num_features, first.sequence

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Mean of what the networks give each emotion."""
        networks: list[Any] = list(self.members)
        return torch.stack([one.probabilities(features, lengths) for one in networks]).mean(0)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits: logarithms of the probabilities."""
        return self.probabilities(features, lengths).clamp(min=torch.finfo().tiny).log()


def stacked(contents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make one model file of several, whose networks differ in their weights alone.

    Args:
        contents: Contents of their files.
    """
    first, states = contents[0], [content["state_dict"] for content in contents]
    return {
        **first,
        "ser": {**first["ser"], MEMBERS: len(contents)},
        "state_dict": {name: torch.stack([s[name] for s in states]) for name in states[0]},
    }


def is_ensemble(content: Mapping[str, Any]) -> bool:
    """Whether a model file holds several networks."""
    return MEMBERS in check_description(content)


def build_ensemble(
    content: Mapping[str, Any], network: type[EmotionClassifier] | None = None
) -> Ensemble:
    """Build the networks of a model file, each checked as a single one is.

    Args:
        content: What ``stacked`` made.
        network: As in ``build_from_checkpoint``.

    Raises:
        RunError: If it does not hold as many networks as it says, or one of them is refused.
        ConfigError: If the constructor refuses a setting.
    """
    described, state = check_description(content), weights_in(content)
    members = described[MEMBERS]
    if type(members) is not int or not 1 < members <= MOST_MEMBERS:
        raise RunError(
            f"it says members={str(members)[:60]}, which must be a whole number from 2 to "
            f"{MOST_MEMBERS}; the file is damaged."
        )
    for name, weight in state.items():
        if weight.ndim < 1 or len(weight) != members:
            raise RunError(
                f"it holds no {name} for each of {members} networks; the file is damaged."
            )
    single = {key: value for key, value in described.items() if key != MEMBERS}
    states = [{name: weight[i] for name, weight in state.items()} for i in range(members)]
    parts = [{**content, "ser": single, "state_dict": part} for part in states]
    return Ensemble([build_from_checkpoint(part, network) for part in parts])
