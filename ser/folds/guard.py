"""Leakage guard: what two sides of a fold must not share is refused; what they may is reported.

It looks at utterances, the content of their files, derived copies, speakers, sentences and
sessions. What the regime or the protocol forbids is an error that names the culprits; what they
allow is returned, for a line in the report.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ser.corpora.row import Unit
from ser.errors import LeakageError
from ser.folds.fold import CORPUS, GROUPS, STRETCH, Fold
from ser.folds.overlaps import KINDS, Overlap, overlaps_of, reached
from ser.system.few import few

REMEDIES = {
    STRETCH: "they overlap with others of the same recording. List stretches that do not, or take "
    "a regime that keeps recordings apart, such as cv=speaker or cv=session.",
    "id": "an utterance may be on one side only; take it off the other.",
    "copy": "copies must stay with their utterance, unless protocol.unit=row, which leaks.",
    "content": "the same audio under two names. Pass data.duplicates=drop, which leaves out all "
    "but one of each, or remove them from the corpus.",
}
STILL_LISTED = "The list then names files that were left out, so pass cv.missing=skip with it."
SEVERAL = {CORPUS: "corpora"}
WORDS = {
    "id": ("row", "is also in training", "are also in training"),
    "copy": ("utterance", "has copies in training", "have copies in training"),
    "content": ("utterance", "is in training under another name", "are in training under others"),
    STRETCH: ("utterance", "overlaps with one in training", "overlap with others in training"),
}


def check_fold(
    fold: Fold,
    units: Sequence[Unit],
    cv: str,
    groups: Sequence[str] = (),
    *,
    within: Sequence[str] = (),
    hashes: Mapping[str, str] | None = None,
    copies: bool = False,
    shared: list[Overlap] | None = None,
) -> list[Overlap]:
    """List what the sides of a fold share, and refuse what is forbidden.

    Args:
        fold: Sides, as positions in ``units``.
        units: Utterances, or rows, of which some may be copies.
        cv: Name of the regime.
        groups: Groups that the regime must keep apart, such as ``("speaker",)``.
        within: Groups that it must keep apart within the training side, where they are others.
        hashes: Hash of the content of each file, by utterance id.
        copies: Whether copies of one utterance may be on two sides, and files twice under two
            names; ``protocol.unit == "row"``.
        shared: What ``overlaps_of`` gives for the fold, where that is known.

    Returns:
        What is shared and allowed.

    Raises:
        LeakageError: If two sides share what is forbidden; the first ten culprits are named.
    """
    shared = overlaps_of(fold, units, hashes) if shared is None else shared
    always = {"id", *within, *(() if copies else ("copy", "content"))}
    for overlap in shared:
        learnt = overlap.sides == ("train", "validation")
        if overlap.kind in always or (overlap.kind in groups and not (learnt and within)):
            raise LeakageError(_complaint(overlap, cv, fold.index))
    return shared


def describe(
    folds: Sequence[Collection[Overlap]], sizes: Sequence[Mapping[str, int]] = ()
) -> list[str]:
    """Say in a line for each kind what the training side shares with the test side.

    The training side is train and validation together. A kind that the test side shares nothing
    of, but validation does with train, has its line too; corpora have none, for each holds
    speakers of both.

    Args:
        folds: What is shared in each fold, as ``check_fold`` returns it.
        sizes: Utterances on each side of each fold, so that those of folds that share nothing are
            counted as well.
    """
    lines = []
    for kind in KINDS:
        for side in ("test", "validation") if kind != CORPUS else ("test",):
            shares = [_share(fold, kind, side) for fold in folds]
            if any(count for count, _ in shares):
                lines.append(_line(kind, side, shares, [size[side] for size in sizes]))
                break
    return lines


def _complaint(overlap: Overlap, cv: str, index: int) -> str:
    verb = "is" if len(overlap.shared) == 1 else "are"
    remedy = REMEDIES.get(overlap.kind, f"this regime must keep every {overlap.kind} on one side.")
    if overlap.kind == "content" and cv == "predefined":
        remedy = f"{remedy} {STILL_LISTED}"
    sides = " and ".join(overlap.sides)
    what = f"{overlap.kind} {few(overlap.shared)} {verb}"
    return f"cv={cv}, fold {index}: {what} on two sides of the split ({sides}): {remedy}"


def _share(fold: Collection[Overlap], kind: str, side: str) -> tuple[int, int]:
    """How many of a kind a side shares with the training side, and how many it holds."""
    totals = (o.total for o in fold if o.kind == kind and o.sides[1] == side)
    return len(reached(fold, kind, side)), max(totals, default=0)


def _line(
    kind: str, side: str, shares: Sequence[tuple[int, int]], sizes: Sequence[int] = ()
) -> str:
    some = [share for share in shares if share[0]]
    noun, is_, are = WORDS.get(kind, (kind, *WORDS["id"][1:]))
    nouns = SEVERAL.get(noun, f"{noun}s")
    whole = all(count == total for count, total in some)
    # About as many groups in each fold; utterances are different ones in each.
    if kind in (*GROUPS, CORPUS):
        counts, totals = (_range({share[i] for share in some}) for i in (0, 1))
    else:
        found, held = (sum(share[i] for share in some) for i in (0, 1))
        counts, totals = str(found), str(max(held, sum(sizes)))
        whole = counts == totals
    folds = "every fold" if len(some) == len(shares) else f"{len(some)} of {len(shares)} folds"
    if whole:
        what = (
            f"the only {side} {noun} {is_}"
            if totals == "1"
            else f"all {totals} {side} {nouns} {are}"
        )
    else:
        what = f"{counts} of {totals} {side} {nouns} {is_ if counts == '1' else are}"
    return f"in {folds}, {what}"


def _range(numbers: set[int]) -> str:
    low, high = min(numbers), max(numbers)
    if low == high:
        return str(low)
    return f"{low} or {high}" if high == low + 1 else f"{low} to {high}"
