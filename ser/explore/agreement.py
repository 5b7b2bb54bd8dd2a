"""Whether the utterances of a speaker are near each other in the space of the features.

Where they are, folds of random utterances flatter: a model has heard every tested speaker.

References:
    Cover and Hart, "Nearest neighbor pattern classification", IEEE Transactions on Information
    Theory 13 (1), 1967. https://doi.org/10.1109/TIT.1967.1053964
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

SURE = 4.0  # standard errors above chance
MUCH = 0.05  # above chance, where so many utterances make any difference a sure one


@dataclass(frozen=True)
class Agreement:
    """How often an utterance and its nearest neighbour are of one group.

    Args:
        group: ``"speaker"`` or ``"emotion"``.
        share: How often they are.
        chance: How often they would be, if neighbours were drawn at random.
        count: Utterances.
    """

    group: str
    share: float
    chance: float
    count: int

    @property
    def clusters(self) -> bool:
        """Whether neighbours are of one group more often than chance makes them."""
        error = sqrt(max(self.chance * (1 - self.chance), 1e-9) / self.count)
        return self.share - self.chance > max(SURE * error, MUCH)

    def __str__(self) -> str:
        return f"{self.share:.1%} are of the same {self.group} (chance {self.chance:.1%})"


def agreement(group: str, names: Sequence[str], nearest: Sequence[int]) -> Agreement:
    """Count how often a nearest neighbour is of the same group.

    Args:
        group: What the names are of.
        names: Group of each utterance.
        nearest: Position of the nearest neighbour of each.
    """
    same = sum(name == names[i] for name, i in zip(names, nearest, strict=True))
    count, others = len(names), len(names) - 1
    chance = sum(n * (n - 1) for n in Counter(names).values()) / (count * others)
    return Agreement(group, same / count, chance, count)


def verdict(speakers: Agreement, emotions: Agreement) -> str:
    """Say what the neighbours of utterances mean for the choice of folds."""
    found = f"Of the nearest neighbours of {speakers.count} utterances, {speakers} and {emotions}"
    if speakers.chance == 1:
        return f"{found}: all utterances are of one speaker, so no folds can test a new one."
    if speakers.clusters:
        return (
            f"{found}: speakers cluster, so folds of random utterances (cv=stratified, cv=kfold) "
            "flatter whatever is trained. Take cv=speaker or cv=speaker_kfold for new speakers."
        )
    return (
        f"{found}: speakers do not cluster in these features. Folds of random utterances may "
        "flatter all the same; cv=speaker shows by how much."
    )
