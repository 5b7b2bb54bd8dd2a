"""Probes that betray copies and duplicates without training: nearest neighbours, shuffled labels.

The nearest neighbour of a tested utterance ought to be about as far away as its tenth nearest: in
many dimensions the distances to different recordings are much alike. On EmoDB, in every honest
regime and with three front ends, at most one of 535 is nearer than 0.35 of the tenth; where copies
of tested utterances are in training, nearly half are, and the neighbour has the right label even if
the labels of the recordings are shuffled.

References:
    Cover and Hart, "Nearest neighbor pattern classification", IEEE Transactions on Information
    Theory 13 (1), 1967. https://doi.org/10.1109/TIT.1967.1053964

    Ojala and Garriga, "Permutation tests for studying classifier performance", JMLR 11, 2010.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

if TYPE_CHECKING:
    from ser.features.collected import Features

Indices = NDArray[np.intp]
Figures = NDArray[np.float64]
RANK = 10  # neighbour whose distance is the measure of what is near
CLOSE = 0.35  # of the distance to the tenth neighbour; what is nearer is suspicious
BUDGET = 2**24  # distances in memory at once: 64 MB, however large the corpus


@dataclass(frozen=True)
class Neighbours:
    """Nearest neighbour of some rows.

    Args:
        rows: The rows, as positions in a table of rows.
        nearest: Their nearest neighbours, as positions in the same table.
        ratio: Distance to the nearest, as a share of the distance to the tenth nearest.
    """

    rows: Indices
    nearest: Indices
    ratio: Figures

    def close(self, share: float = CLOSE) -> NDArray[np.bool_]:
        """Which neighbours are nearer than ``share`` of the distance to the tenth."""
        return np.asarray(self.ratio < share)

    @staticmethod
    def join(parts: Sequence[Neighbours]) -> Neighbours:
        """Put the neighbours of several folds one after the other."""
        rows, nearest, ratio = zip(*((p.rows, p.nearest, p.ratio) for p in parts), strict=True)
        return Neighbours(np.concatenate(rows), np.concatenate(nearest), np.concatenate(ratio))


def vectors(features: Features) -> Tensor:
    """One vector an utterance: mean and standard deviation over its frames, or the vector it is.

    Shape:
        - output: ``(utterances, numbers)``
    """
    if not features.sequence:
        return features.values[features.starts[:-1]]
    bounds = zip(features.starts[:-1].tolist(), features.starts[1:].tolist(), strict=True)
    parts = (features.values[start:end] for start, end in bounds)
    return torch.stack([torch.cat([p.mean(0), p.std(0, correction=0)]) for p in parts])


def neighbours(values: Tensor, rows: Indices, among: Indices, fit: Indices) -> Neighbours:
    """Find the nearest neighbour of some rows among others, each row itself left out.

    Features are standardised with the mean and deviation of ``fit``.

    Args:
        values: Vector of each row.
        rows: Rows whose neighbours are wanted.
        among: Rows that may be neighbours.
        fit: Rows that are standardised with.

    Shape:
        - values: ``(rows, numbers)``
    """
    deviation, mean = torch.std_mean(values[fit], 0, correction=0)
    scaled = (values - mean) / torch.where(deviation > 0, deviation, 1.0)
    reference, squares = scaled[among], scaled[among].square().sum(1)
    size = max(1, BUDGET // max(len(among), 1))
    found = [
        _nearest(scaled, part, among, reference, squares)
        for part in np.array_split(rows, range(size, len(rows), size))
    ]
    return Neighbours.join(found)


def _nearest(
    scaled: Tensor, rows: Indices, among: Indices, reference: Tensor, squares: Tensor
) -> Neighbours:
    queries = scaled[rows]
    rough = torch.addmm(squares, queries, reference.T, alpha=-2)  # less the square of the query
    rough.masked_fill_(torch.from_numpy(rows[:, None] == among), torch.inf)
    count = min(RANK + 1, len(among))
    nearest = rough.topk(count, largest=False).indices  # (rows, count)
    # Again by differences: squares cancel badly, and of a copy the distance is nearly 0.
    distance = (queries[:, None] - reference[nearest]).norm(dim=2)
    distance[~torch.isfinite(rough.gather(1, nearest))] = torch.inf
    distance, order = distance.sort(1)
    first, tenth = distance[:, 0], distance[:, :RANK]
    tenth = torch.where(torch.isfinite(tenth), tenth, 0).amax(1)
    ratio = torch.where(tenth > 0, first / tenth, 0.0).double().numpy()
    return Neighbours(rows, among[nearest.gather(1, order)[:, 0].numpy()], ratio)


def uar(truth: NDArray[Any], prediction: NDArray[Any]) -> float:
    """Unweighted average recall over the classes that occur in ``truth``."""
    support = np.bincount(truth)
    right = np.bincount(truth[truth == prediction], minlength=len(support))
    return float((right[support > 0] / support[support > 0]).mean())


@dataclass(frozen=True)
class Shuffled:
    """UAR of nearest neighbours when the labels of the recordings are shuffled.

    Args:
        mean: Mean over the shuffles.
        error: Standard error of ``mean``.
        chance: What it would be if neighbours knew nothing of labels.
        copies: Tested rows whose nearest neighbour is the same recording: the reason why
            ``mean`` is above ``chance``, where it is. Beside them, it is by chance.
    """

    mean: float
    error: float
    chance: float
    copies: int

    @property
    def leaks(self) -> bool:
        """Whether neighbours know labels that nothing but a copy can know."""
        return self.copies > 0


def shuffled(
    found: Neighbours,
    targets: NDArray[Any],
    recordings: Indices,
    permutations: int = 200,
    seed: int = 0,
) -> Shuffled:
    """Shuffle the labels of whole recordings and see what nearest neighbours still know.

    The neighbours stay as they are, so a shuffle costs a count. A copy has the label of its
    recording, however that was shuffled.

    Args:
        found: Neighbours of the tested rows.
        targets: Class of each row of the table.
        recordings: Recording that each row is, or is a copy of.
        permutations: Number of shuffles.
        seed: Seed of the shuffles.
    """
    _, first, member = np.unique(recordings, return_index=True, return_inverse=True)
    labels = np.asarray(targets)[first]
    draw = np.random.default_rng(seed)
    tested, near = member[found.rows], member[found.nearest]
    alone, within = np.unique(tested), float(np.isin(near, tested).mean())
    scores, chances = [], []
    for _ in range(permutations):
        dealt = labels[draw.permutation(len(labels))]
        scores.append(uar(dealt[tested], dealt[near]))
        chances.append(_chance(dealt, alone, within))
    error = float(np.std(scores, ddof=1)) / permutations**0.5
    copies = int((tested == near).sum())
    return Shuffled(float(np.mean(scores)), error, float(np.mean(chances)), copies)


def _chance(labels: NDArray[Any], tested: Indices, within: float) -> float:
    """UAR of neighbours that know nothing, where the tested recordings have these labels.

    A tested recording is no neighbour of itself, so that one less of its emotion is left.

    Args:
        labels: Class of each recording.
        tested: Recordings that are tested.
        within: Share of neighbours that are tested as well, in other folds.
    """
    total = np.bincount(labels)
    taken = np.bincount(labels[tested], minlength=len(total))
    among_tested = (taken - 1) / max(len(tested) - 1, 1)
    among_others = (total - taken) / max(len(labels) - len(tested), 1)
    return float((within * among_tested + (1 - within) * among_others)[taken > 0].mean())
