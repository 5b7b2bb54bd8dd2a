"""Splitters that scikit-learn lacks: groups dealt evenly, two groups crossed, one share held out.

They are used as scikit-learn's are: ``split`` yields ``(rest, held)`` as positions. ``rest`` may be
less than the complement of ``held``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedShuffleSplit

from ser.folds.dealing import DRAWS, Indices, count_by_group, deal
from ser.system.counted import counted


class Splitter(Protocol):
    """What a regime needs of a splitter; all of scikit-learn's have it."""

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: N803 - scikit-learn's name
        """Number of splits that these items give."""
        ...

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Indices, Indices]]:  # noqa: N803
        """Yield what remains and what is held out."""
        ...


class GroupedKFold:
    """Whole groups dealt to folds: as many groups in each, emotions as even as groups allow.

    Of 64 random dealings the one is taken in which the emotions are spread most evenly.
    ``StratifiedGroupKFold`` would do, but its seed decides nothing on a corpus such as EmoDB: it
    deals groups in the order of how uneven they are, and shuffles equally uneven ones alone.

    Args:
        n_splits: Number of folds.
        seed: Seed of the dealings.
        exact: Whether fewer groups than folds are an error; else there are as many folds as
            groups.
    """

    def __init__(self, n_splits: int, seed: int, exact: bool = True) -> None:
        self.n_splits = n_splits
        self.seed = seed
        self.exact = exact

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: N803
        """Number of folds.

        Raises:
            ValueError: If there are fewer groups than folds.
        """
        return _fitting(self.n_splits, len(set(groups)), self.exact)

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Indices, Indices]]:  # noqa: N803
        """Yield what remains and what is held out.

        Raises:
            ValueError: If there are fewer groups than folds.
        """
        count = self.get_n_splits(X, y, groups)
        dealt = deal(groups, y, count, self.seed)
        for fold in range(count):
            yield np.flatnonzero(dealt != fold), np.flatnonzero(dealt == fold)


class CrossedGroupKFold:
    """Blocks of two groupings: a block is held out, what shares neither group with it remains.

    Each grouping is dealt to ``n_splits`` parts, so there are ``n_splits ** 2`` blocks and each
    item is held out once. What shares one of the two groups with the block is left out.

    Args:
        n_splits: Parts of each grouping.
        seed: Seed of the dealings.
        exact: As in ``GroupedKFold``.
        diagonal: Whether only the ``n_splits`` blocks are held out in which no two share a
            part; each group is then held out once, and not each item.
    """

    def __init__(
        self, n_splits: int, seed: int, exact: bool = True, diagonal: bool = False
    ) -> None:
        self.n_splits = n_splits
        self.seed = seed
        self.exact = exact
        self.diagonal = diagonal

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: N803
        """Number of blocks that hold an item.

        Raises:
            ValueError: If a grouping has fewer groups than parts.
        """
        return len(self._blocks(*self._dealt(y, groups)))

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Indices, Indices]]:  # noqa: N803
        """Yield what remains and what is held out.

        Args:
            X: Not used.
            y: Emotion of each item.
            groups: Pair of groups of each item.

        Raises:
            ValueError: If a grouping has fewer groups than parts.
        """
        first, second = (np.asarray(column) for column in zip(*groups, strict=True))
        rows, columns = self._dealt(y, groups)
        for row, column in self._blocks(rows, columns):
            held = (rows == row) & (columns == column)
            shares = np.isin(first, first[held]) | np.isin(second, second[held])
            yield np.flatnonzero(~shares), np.flatnonzero(held)

    def _blocks(self, rows: Indices, columns: Indices) -> list[tuple[int, int]]:
        blocks = sorted(set(zip(rows.tolist(), columns.tolist(), strict=True)))
        return [b for b in blocks if b[0] == b[1] or not self.diagonal]

    def _dealt(self, emotions: Sequence[str], groups: Sequence[tuple[str, str]]) -> list[Indices]:
        first, second = zip(*groups, strict=True)
        counts = [_fitting(self.n_splits, len(set(g)), self.exact) for g in (first, second)]
        rows = deal(first, emotions, counts[0], 2 * self.seed)
        # Even within each row, so that no block is much larger than another.
        strata = [f"{row} {emotion}" for row, emotion in zip(rows, emotions, strict=True)]
        return [rows, deal(second, strata, counts[1], 2 * self.seed + 1)]


class Holdout:
    """One share held out: of each emotion alike, or whole groups that come near to it.

    Args:
        test_size: Share that is held out, between 0 and 1.
        seed: Seed of the draw.
    """

    def __init__(self, test_size: float, seed: int) -> None:
        self.test_size = test_size
        self.seed = seed

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: N803
        """One."""
        return 1

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Indices, Indices]]:  # noqa: N803
        """Yield what remains and what is held out, once.

        Raises:
            ValueError: If there is one group only, or an emotion with one item only.
        """
        if groups is None:
            shuffled = StratifiedShuffleSplit(1, test_size=self.test_size, random_state=self.seed)
            rest, share = next(shuffled.split(X, y))
            yield np.sort(rest), np.sort(share)
        else:
            held = self._held(groups, y)
            yield np.flatnonzero(~held), np.flatnonzero(held)

    def _held(self, groups: Sequence[str], emotions: Sequence[str]) -> NDArray[np.bool_]:
        """Whole groups, of 64 random choices the one that is nearest to the share."""
        member, counts = count_by_group(groups, emotions)
        if len(counts) < 2:  # noqa: PLR2004 - one is held out, one remains
            raise ValueError("there is only one group")
        wanted = self.test_size * counts.sum(0)
        draw = np.random.RandomState(self.seed)
        found: list[tuple[float, list[int]]] = []
        for order in (draw.permutation(len(counts)) for _ in range(DRAWS)):
            sums = counts[order].cumsum(0)[:-1]
            errors = ((sums - wanted) ** 2).sum(1).round(6)  # rounded: equal on every machine
            found.append((float(errors.min()), order[: errors.argmin() + 1].tolist()))
        return np.isin(member, min(found, key=lambda choice: choice[0])[1])


class OneGroupOut:
    """One group held out, once: the corpus that others are tested on.

    Args:
        group: Which.
    """

    def __init__(self, group: str) -> None:
        self.group = group

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: N803
        """One."""
        return 1

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Indices, Indices]]:  # noqa: N803
        """Yield what remains and what is held out, once."""
        held = np.asarray(groups) == self.group
        yield np.flatnonzero(~held), np.flatnonzero(held)


def _fitting(folds: int, groups: int, exact: bool) -> int:
    """Number of folds that so many groups can be dealt to."""
    count = folds if exact else min(folds, groups)
    if groups < count or groups < 2:  # noqa: PLR2004 - one is held out, one remains
        raise ValueError(f"{counted(groups, 'group')} cannot be dealt to {max(count, 2)} folds")
    return count
