"""One split of a list of items into three sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
SIDES = ("train", "validation", "test")
GROUPS = ("speaker", "sentence", "session")
STRETCH = "stretch"  # of a recording, which others may overlap with
CORPUS = "corpus"  # a group that only corpora which were joined have


@dataclass(frozen=True, eq=False)  # two folds are one by identity: arrays have no truth value
class Fold:
    """One split of a list of items, as positions in that list.

    A fold may leave items out: those that share a speaker or sentence with the test side where
    the regime keeps both apart, or those that a list of folds does not name.

    Args:
        index: Which fold of the regime this is, counted from 0.
        train: Items that the network, scaler and augmentation may see.
        validation: Items that choose the epoch; a part of the training side.
        test: Items that are predicted once, at the end.
    """

    index: int
    train: Indices
    validation: Indices
    test: Indices

    def side(self, name: str) -> Indices:
        """Items of a side, one of ``SIDES``."""
        items: Indices = getattr(self, name)
        return items

    @property
    def learnt(self) -> Indices:
        """Items that anything is learnt from: training and validation side, in their order."""
        return np.sort(np.concatenate([self.train, self.validation]))
