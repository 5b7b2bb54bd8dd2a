"""Cross-validation regimes: a name, a scikit-learn splitter, and what no two sides may share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import (
    BaseCrossValidator,
    KFold,
    LeaveOneGroupOut,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from ser.errors import ConfigError, FoldError, LeakageError

if TYPE_CHECKING:
    from ser.data.corpus import Utterance

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Fold:
    """One split of a list of items, as positions in that list.

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


@dataclass(frozen=True)
class Regime:
    """A way of splitting utterances that equal arguments repeat on any machine.

    Args:
        name: Name used on the command line.
        splitter: Any scikit-learn splitter.
        group: Attribute of ``Utterance`` that no two sides may share, or None.
    """

    name: str
    splitter: BaseCrossValidator
    group: str | None = None

    def num_folds(self, utterances: Sequence[Utterance]) -> int:
        """Number of folds that these utterances give.

        Raises:
            FoldError: If an utterance lacks the group that the regime splits by.
        """
        return int(self.splitter.get_n_splits(groups=self._groups(utterances)))

    def fold(self, utterances: Sequence[Utterance], index: int, validation: bool = True) -> Fold:
        """Split once: hold out fold ``index``, then carve validation from what remains.

        The validation side is a split of the same kind, so that it is speaker-independent
        exactly when the test side is. It rotates with ``index``, so that no one speaker
        judges every fold.

        Raises:
            FoldError: If the fold does not exist, or the utterances cannot be split so.
            LeakageError: If two sides share an utterance or a group.
        """
        count = self.num_folds(utterances)
        if not 0 <= index < count:
            raise FoldError(
                f"fold={index} does not exist: cv={self.name} gives {count} folds here, "
                f"0 to {count - 1}. Take one of them, or fold=all."
            )
        rest, test = self._split(utterances, np.arange(len(utterances)), index)
        if validation:
            train, held = self._split(utterances, rest, index - 1)
        else:
            train, held = rest, rest[:0]
        fold = Fold(index, train, held, test)
        self.guard(fold, utterances)
        return fold

    def guard(self, fold: Fold, utterances: Sequence[Utterance]) -> None:
        """Check that no two sides share an utterance, or a group of this regime.

        Raises:
            LeakageError: If they do; the culprits are named.
        """
        for key in filter(None, ("id", self.group)):
            sides = [
                {getattr(utterances[i], key) for i in side}
                for side in (fold.train, fold.validation, fold.test)
            ]
            shared = sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2]
            if shared:
                raise LeakageError(
                    f"cv={self.name}, fold {fold.index}: {key} {', '.join(sorted(shared)[:10])} "
                    "is on two sides of the split; this must never be."
                )

    def _split(
        self, utterances: Sequence[Utterance], items: Indices, index: int
    ) -> tuple[Indices, Indices]:
        chosen = [utterances[i] for i in items]
        emotions = [u.emotion for u in chosen]
        try:
            splits = list(self.splitter.split(emotions, emotions, self._groups(chosen)))
        except ValueError as error:
            raise FoldError(
                f"cv={self.name} cannot split {len(items)} utterances ({error}); "
                "take fewer folds (cv.n_splits=…) or another cv."
            ) from error
        rest, held = splits[index % len(splits)]
        if not len(rest) or not len(held):
            raise FoldError(
                f"cv={self.name} leaves a side of split {index % len(splits)} of {len(items)} "
                "utterances empty; take fewer folds (cv.n_splits=…) or another cv."
            )
        return items[rest], items[held]

    def _groups(self, utterances: Sequence[Utterance]) -> list[str] | None:
        if self.group is None:
            return None
        groups = [getattr(u, self.group) for u in utterances]
        if None in groups:
            raise FoldError(
                f"cv={self.name} splits by {self.group}, which this corpus does not have "
                f"(first: {utterances[groups.index(None)].id}). Take another cv, such as speaker."
            )
        return groups


@dataclass(frozen=True)
class _Kind:
    splitter: Callable[[int, int], BaseCrossValidator]
    group: str | None = None
    n_splits: int | None = None


REGIMES: dict[str, _Kind] = {
    "kfold": _Kind(lambda k, seed: KFold(k, shuffle=True, random_state=seed), n_splits=10),
    "stratified": _Kind(
        lambda k, seed: StratifiedKFold(k, shuffle=True, random_state=seed), n_splits=10
    ),
    "speaker": _Kind(lambda *_: LeaveOneGroupOut(), "speaker"),
    "speaker_kfold": _Kind(
        lambda k, seed: StratifiedGroupKFold(k, shuffle=True, random_state=seed), "speaker", 5
    ),
    "session": _Kind(lambda *_: LeaveOneGroupOut(), "session"),
    "sentence": _Kind(lambda *_: LeaveOneGroupOut(), "sentence"),
}


def regime(name: str, n_splits: int | None = None, seed: int = 0) -> Regime:
    """Look a regime up by its name.

    Args:
        name: One of ``REGIMES``.
        n_splits: Number of folds, for the regimes that leave it open.
        seed: Seed of the shuffle, for the regimes that shuffle. It is not the seed of the
            training, so that every model and every training seed shares its folds.

    Raises:
        ConfigError: If there is no such regime, it has no number of folds to choose, or
            ``n_splits`` is less than 2.
    """
    if name not in REGIMES:
        raise ConfigError(f"cv={name} is unknown; choose one of {', '.join(REGIMES)}.")
    kind = REGIMES[name]
    if n_splits is not None and kind.n_splits is None:
        raise ConfigError(
            f"cv.n_splits={n_splits}: cv={name} holds out one {kind.group} a fold, so the corpus "
            "decides how many there are. Leave n_splits out."
        )
    if n_splits is not None and n_splits < 2:  # noqa: PLR2004 - a training and a test side
        raise ConfigError(f"cv.n_splits={n_splits} must be 2 or more; {kind.n_splits} is usual.")
    return Regime(name, kind.splitter(n_splits or kind.n_splits or 0, seed), kind.group)
