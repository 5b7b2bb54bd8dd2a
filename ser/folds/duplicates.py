"""Files that hold the same audio: kept on one side of every fold, left out, or refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ser.corpora.corpus import Utterance
from ser.errors import CorpusError, FoldError
from ser.folds.fold import Fold, Indices
from ser.folds.formats import named
from ser.folds.overlaps import SAME, content
from ser.folds.stretches import Content
from ser.system.counted import counted

TOGETHER, DROP, REFUSE = CHOICES = ("together", "drop", "refuse")
Deal = Callable[[Sequence[Utterance]], Fold]


def identical(
    utterances: Sequence[Utterance], hashes: Mapping[str, str]
) -> list[tuple[Utterance, ...]]:
    """List the sets of utterances that hold the same audio, each in the order of the corpus.

    Args:
        utterances: Of the corpus.
        hashes: Hash of the content of each file, by utterance id.
    """
    sets: dict[Content | None, list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        sets[content(utterance, hashes)].append(utterance)
    return [tuple(found) for key, found in sets.items() if key and len(found) > 1]


def without(
    utterances: Sequence[Utterance], sets: Sequence[Sequence[Utterance]]
) -> list[Utterance]:
    """Leave out all but the first utterance of each set."""
    left = {utterance.id for found in sets for utterance in found[1:]}
    return [utterance for utterance in utterances if utterance.id not in left]


def refuse(name: str, sets: Sequence[Sequence[Utterance]]) -> None:
    """Refuse a corpus that holds a file twice.

    Raises:
        CorpusError: If it does; names the sets.
    """
    if sets:
        raise CorpusError(
            f"{name} holds {_count(sets)} identical to others: {named(map(_line, sets))}. "
            "Remove all but one of each, or pass data.duplicates=together, which keeps them on one "
            "side of every fold, or data.duplicates=drop, which leaves out all but one."
        )


def note(choice: str, sets: Sequence[Sequence[Utterance]], *, kept: bool) -> list[str]:
    """Say what became of identical files; nothing where there are none.

    Args:
        choice: One of ``CHOICES``.
        sets: What ``identical`` gives.
        kept: Whether each set was dealt as one.
    """
    if not sets:
        return []
    are, they_are = ("is", "it is") if _spare(sets) == 1 else ("are", "they are")
    if choice == DROP:
        said = f"{are} left out, being identical to one that is kept"
    elif kept:
        said = f"{are} identical to another, with which {they_are} on one side of every fold"
    else:
        said = f"{are} identical to another"
    return [f"{_count(sets)} {said}: {named(map(_line, sets))}{_differing(sets)}"]


def deal_together(
    deal: Deal, utterances: Sequence[Utterance], sets: Sequence[Sequence[Utterance]]
) -> Fold:
    """Deal the first utterance of each set; the others go where it goes.

    Args:
        deal: Deals utterances to the sides of a fold.
        utterances: Of the corpus.
        sets: Which of them hold the same audio.

    Raises:
        FoldError: If those that are left cannot be dealt; says which are identical.
    """
    leader = {utterance.id: found[0].id for found in sets for utterance in found}
    places = {utterance.id: i for i, utterance in enumerate(utterances)}
    followed = np.array([places[leader.get(u.id, u.id)] for u in utterances], dtype=np.intp)
    dealt = np.flatnonzero(followed == np.arange(len(utterances)))
    try:
        fold = deal([utterances[i] for i in dealt.tolist()])
    except FoldError as error:
        raise FoldError(
            f"{error} Of the {counted(len(utterances), 'utterance')} listed, {_spare(sets)} hold "
            f"the same audio as others, and go where these go: {named(map(_line, sets))}."
        ) from error

    def whole(side: Indices) -> Indices:
        return np.flatnonzero(np.isin(followed, dealt[side]))

    return Fold(fold.index, whole(fold.train), whole(fold.validation), whole(fold.test))


def _spare(sets: Sequence[Sequence[Utterance]]) -> int:
    return sum(len(found) - 1 for found in sets)


def _count(sets: Sequence[Sequence[Utterance]]) -> str:
    return counted(_spare(sets), "file")


def _line(found: Sequence[Utterance]) -> str:
    return SAME.join(utterance.id for utterance in found)


def _differing(sets: Sequence[Sequence[Utterance]]) -> str:
    """Say in how many sets one audio has two speakers or two emotions."""
    said = []
    for group in ("speaker", "emotion"):
        count = sum(len({getattr(u, group) for u in found}) > 1 for found in sets)
        said += [f"{count} of different {group}s"] * bool(count)
    return f" ({' and '.join(said)})" if said else ""
