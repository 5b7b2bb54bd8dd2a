"""Cross-validation regimes by name: which splitter, and what no two sides may share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.model_selection import KFold, LeaveOneGroupOut, StratifiedKFold

from ser.errors import ConfigError, check_choice
from ser.folds.across import AcrossCorpora
from ser.folds.fold import CORPUS, GROUPS, Fold
from ser.folds.own_split import OwnSplit
from ser.folds.predefined import Predefined, carver
from ser.folds.regimes import Regime
from ser.folds.splitters import CrossedGroupKFold, GroupedKFold, Holdout, Splitter

__all__ = ["REGIMES", "Fold", "Regime", "groups_apart", "regime", "tests_once"]
TEST_SIZE = 0.2
REFUSE, SKIP = "refuse", "skip"
LARGEST_SEED = 2**31 - 1  # twice as much and one more is still a seed of NumPy


class _Settings(NamedTuple):
    folds: int
    seed: int
    test_size: float
    inner: int
    grouped: bool


Make = Callable[[_Settings], Splitter]


def _dealt_groups(settings: _Settings) -> Splitter:
    return GroupedKFold(settings.inner, settings.seed)


def _dealt_utterances(settings: _Settings) -> Splitter:
    dealt: Splitter = StratifiedKFold(settings.inner, shuffle=True, random_state=settings.seed)
    return dealt


@dataclass(frozen=True)
class _Kind:
    """How a regime splits.

    Args:
        splitter: What deals the folds; None where a class of its own does.
        groups: Attributes that no two sides share; None where a list or a setting says which.
        n_splits: Usual number of folds; None where it follows from the corpus.
        carver: What carves validation from a training side; None takes ``splitter``.
        nested: What splits a training side for a choice of settings.
        takes: Settings that it has beside those of all.
        once: Whether each utterance is on the test side of one fold.
    """

    splitter: Make | None
    groups: tuple[str, ...] | None = ()
    n_splits: int | None = None
    carver: Make | None = None
    nested: Make = _dealt_groups
    takes: tuple[str, ...] = ()
    once: bool = True


REGIMES: dict[str, _Kind] = {
    "kfold": _Kind(
        lambda s: KFold(s.folds, shuffle=True, random_state=s.seed),
        n_splits=10,
        nested=lambda s: KFold(s.inner, shuffle=True, random_state=s.seed),
    ),
    "stratified": _Kind(
        lambda s: StratifiedKFold(s.folds, shuffle=True, random_state=s.seed),
        n_splits=10,
        nested=_dealt_utterances,
    ),
    "speaker": _Kind(lambda _: LeaveOneGroupOut(), ("speaker",)),
    "speaker_kfold": _Kind(
        lambda s: GroupedKFold(s.folds, s.seed),
        ("speaker",),
        n_splits=5,
        carver=lambda s: GroupedKFold(s.folds, s.seed, exact=False),
    ),
    "session": _Kind(lambda _: LeaveOneGroupOut(), ("session",)),
    "sentence": _Kind(lambda _: LeaveOneGroupOut(), ("sentence",)),
    "speaker_sentence": _Kind(
        lambda s: CrossedGroupKFold(s.folds, s.seed),
        ("speaker", "sentence"),
        n_splits=5,
        # One part less, so that a validation block is as large as a test block.
        carver=lambda s: CrossedGroupKFold(max(s.folds - 1, 2), s.seed, exact=False),
        nested=lambda s: CrossedGroupKFold(s.inner, s.seed, diagonal=True),
    ),
    CORPUS: _Kind(None, (CORPUS,), takes=("test",), once=False),
    "predefined": _Kind(None, None, takes=("file", "subset", "missing"), once=False),
    "holdout": _Kind(
        lambda s: Holdout(s.test_size, s.seed),
        None,
        nested=lambda s: _dealt_groups(s) if s.grouped else _dealt_utterances(s),
        takes=("test_size", "group"),
        once=False,
    ),
}


def groups_apart(name: object) -> tuple[str, ...] | None:
    """Attributes that no two sides share under a regime, which its guard sees to.

    Args:
        name: That of a regime; one of somebody's own is not known to keep anything apart.

    Returns:
        The attributes; None where a list or a setting says which.
    """
    kind = REGIMES.get(str(name))
    return kind.groups if kind else ()


def tests_once(name: object) -> bool:
    """Whether each utterance is on the test side of one fold under the regime of a name."""
    return str(name) in REGIMES and REGIMES[str(name)].once


def regime(
    name: str,
    n_splits: int | None = None,
    seed: int = 0,
    *,
    file: str | Path | None = None,
    subset: bool = False,
    missing: str = REFUSE,
    test_size: float | None = None,
    group: str | None = None,
    inner: int | None = None,
    test: str | None = None,
) -> Regime:
    """Look a regime up by its name.

    Args:
        name: One of ``REGIMES``: that of ``cv=NAME`` on the command line.
        n_splits: Number of folds, for the regimes that leave it open; of ``speaker_sentence``
            the number of parts of the speakers and of the sentences, which gives its square.
        seed: Seed of the shuffle, for the regimes that shuffle. It is not the seed of the
            training, so that every model and every training seed shares its folds.
        file: List of folds, for ``predefined``; ``ser.folds.lists`` says in which forms. None takes
            the split that the corpus has.
        subset: Whether the list may leave utterances of the corpus out.
        missing: What becomes of utterances that the list names and the corpus does not have:
            ``"refuse"`` or ``"skip"``.
        test_size: Share that ``holdout`` holds out; a fifth if None.
        group: Attribute of ``Utterance`` that ``holdout`` keeps apart, or None.
        inner: Number of inner folds that the training side of each fold is split into, by a
            split of the same kind, so that settings can be chosen within it; None for none.
        test: Corpus that ``corpus`` tests; None tests each in a fold of its own.

    Raises:
        ConfigError: If there is no such regime, it has no such setting, or a value is out of
            its range.
        FoldError: If the list of folds is absent or in no known form.
    """
    check_choice("cv", name, REGIMES)
    kind = REGIMES[name]
    check_choice("cv.missing", missing, (REFUSE, SKIP))
    extra = {"file": file, "subset": subset, "test_size": test_size, "group": group, "test": test}
    extra["missing"] = missing if missing != REFUSE else None
    given = {key: value for key, value in extra.items() if value is not None and value is not False}
    _check(name, kind, n_splits, given)
    _check_seed(name, seed)
    _check_inner(inner)
    folds = n_splits or kind.n_splits or 0
    settings = _Settings(folds, seed, test_size or TEST_SIZE, inner or 0, group is not None)
    if kind.splitter is not None:
        found = Regime(
            name,
            kind.splitter(settings),
            (group,) if group else kind.groups or (),
            kind.carver(settings) if kind.carver else None,
        )
    elif name == CORPUS:
        found = AcrossCorpora.of(test, seed)
    elif file is None:
        found = OwnSplit(name, carver(seed), subset=subset)
    else:
        found = Predefined.read(file, subset, seed, skip=missing == SKIP)
    return replace(found, nested=kind.nested(settings), inner=settings.inner) if inner else found


def _check_seed(name: str, seed: object) -> None:
    """Refuse what would deal each fold anew, so that a test side was trained on elsewhere."""
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        raise ConfigError(
            f"cv.seed={seed} must be a whole number from 0 to {LARGEST_SEED}: by it, cv={name} "
            "deals the same folds every time. Leave it out to take 0."
        )


def _check_inner(inner: int | None) -> None:
    if inner is not None and inner < 2:  # noqa: PLR2004 - a training and a test side
        raise ConfigError(f"cv.inner={inner} must be 2 or more, such as 3, or null for none.")


def _check(name: str, kind: _Kind, n_splits: int | None, given: dict[str, Any]) -> None:
    if n_splits is not None and kind.n_splits is None:
        what = f"holds out one {kind.groups[0]} a fold" if kind.groups else "has folds of its own"
        raise ConfigError(
            f"cv.n_splits={n_splits}: cv={name} {what}, so their number is not yours to "
            "choose. Leave n_splits out."
        )
    if n_splits is not None and n_splits < 2:  # noqa: PLR2004 - a training and a test side
        raise ConfigError(f"cv.n_splits={n_splits} must be 2 or more; {kind.n_splits} is usual.")
    for key, value in given.items():
        if key not in kind.takes:
            raise ConfigError(f"cv.{key}={value}: cv={name} has no such setting; leave it out.")
    if not 0 < given.get("test_size", TEST_SIZE) < 1:
        raise ConfigError(
            f"cv.test_size={given['test_size']} must be between 0 and 1, such as 0.2."
        )
    check_choice("cv.group", given.get("group", GROUPS[0]), GROUPS)
