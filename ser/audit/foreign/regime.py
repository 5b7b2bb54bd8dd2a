"""Which regime somebody else's folds amount to, by what their sides share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ser.folds.fold import GROUPS, Fold
from ser.folds.formats import named
from ser.folds.overlaps import Overlap, groups_in, reached

if TYPE_CHECKING:
    from ser.corpora import Utterance

KNOWN = "the figures say nothing of new speakers"
# What is apart in every fold, the most of it first, and which choice of cv gives such folds.
LIKE = (
    (("speaker", "sentence"), "speaker_sentence"),
    (("session",), "session"),
    (("speaker",), "speaker_kfold"),
    (("sentence",), "sentence"),
)


def regime_of(
    folds: Sequence[Fold], shared: Sequence[Sequence[Overlap]], utterances: Sequence[Utterance]
) -> list[str]:
    """Say in sentences which regime some folds are.

    Args:
        folds: The folds, as positions in ``utterances``.
        shared: What the sides of each share.
        utterances: Utterances of the corpus.
    """
    known = [group for group in GROUPS if groups_in(utterances, group)]
    apart = [g for g in known if not any(reached(fold, g) for fold in shared)]
    name = next((cv for groups, cv in LIKE if set(groups) <= set(apart)), "stratified")
    if name == "speaker_kfold" and _alone(folds, utterances):
        name = "speaker"
    new = [f"new {group}s" for group in GROUPS if group in apart]
    words = " and ".join(new) if new else "random utterances"
    like = f"{words}: as cv={name} here"
    if "speaker" not in known:
        return [f"{like}; the corpus does not say who speaks"]
    if "speaker" in apart:
        return [f"{like}; no tested speaker is trained on"]
    count = sum(bool(reached(fold, "speaker")) for fold in shared)
    where = "every fold" if count == len(folds) else f"{count} of {len(folds)} folds"
    return [f"{like}; in {where} tested speakers are trained on, and {KNOWN}"]


def leaks_of(shared: Sequence[Sequence[Overlap]]) -> list[str]:
    """Say what of the test side itself is trained on; mostly nothing.

    Args:
        shared: What the sides of each fold share.
    """
    return [
        f"in {sum(map(bool, found))} of {len(shared)} folds, {what} on the training side: "
        f"{named(_names(shared, kind))}"
        for kind, what in (
            ("id", "tested utterances themselves are"),
            ("content", "recordings equal to tested ones are, under other names,"),
        )
        if any(found := [reached(fold, kind) for fold in shared])
    ]


def shared_groups(shared: Sequence[Sequence[Overlap]]) -> list[str]:
    """Name the speakers, sentences and sessions that are tested and trained on in one fold.

    Args:
        shared: What the sides of each fold share.
    """
    found = {group: _names(shared, group) for group in GROUPS}
    return [
        f"{group}s tested and trained on: {named(names)}" for group, names in found.items() if names
    ]


def _names(shared: Sequence[Sequence[Overlap]], kind: str) -> set[str]:
    """What of a kind is on the training and on the test side of a fold; pairs of equal content."""
    overlaps = (o for fold in shared for o in fold if o.kind == kind and o.sides[1] == "test")
    return {name for overlap in overlaps for name in overlap.shared}


def _alone(folds: Sequence[Fold], utterances: Sequence[Utterance]) -> bool:
    """Whether every fold tests one speaker."""
    return all(len({utterances[i].speaker for i in fold.test}) == 1 for fold in folds)
