"""Training batches in which groups of utterances come alike often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ser.corpora.row import Row

Places = NDArray[np.int64]
BALANCES = (None, "emotion", "emotion_speaker")


def groups_of(rows: Iterable[Row], balance: str) -> Places:
    """Number the group of each row: its emotion, or its emotion and its speaker.

    Args:
        rows: Rows of the training side.
        balance: ``"emotion"`` or ``"emotion_speaker"``.
    """
    by_emotion = balance == "emotion"
    keys = [(row.emotion, "" if by_emotion else row.speaker) for row in rows]
    numbers = {key: number for number, key in enumerate(sorted(set(keys)))}
    return np.array([numbers[key] for key in keys], dtype=np.int64)


def balanced_order(groups: Places, seed: Sequence[int]) -> Places:
    """Draw as many places as there are, so that each group comes alike often, to within one.

    Within a group, no place comes twice more often than another: small groups are gone through
    several times, and of large ones some places are left out, others each time.

    Args:
        groups: Group of each place.
        seed: What the draws depend on.

    Shape:
        - groups: ``(places,)``
        - output: ``(places,)``
    """
    draw = np.random.default_rng(seed)
    shuffled = draw.permutation(len(groups))
    ordered = shuffled[np.argsort(groups[shuffled], kind="stable")]
    shares = 1 / np.bincount(groups)[groups[ordered]]
    ends = np.cumsum(shares) / shares.sum()
    points = (np.arange(len(groups)) + draw.random()) / len(groups)
    drawn = ordered[np.minimum(np.searchsorted(ends, points, side="right"), len(groups) - 1)]
    return draw.permutation(drawn)
