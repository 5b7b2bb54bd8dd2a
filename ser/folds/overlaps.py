"""What two sides of a fold have in common: utterances, copies, file contents, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ser.corpora.corpus import Utterance
    from ser.folds.regimes import Fold

SIDES = ("train", "validation", "test")
GROUPS = ("speaker", "sentence", "session")
KINDS = ("id", "copy", "content", *GROUPS)
SAME = " = "
Content = tuple[str, float, float | None]


@dataclass(frozen=True)
class Overlap:
    """Something that two sides of a fold share.

    Args:
        kind: ``"id"``, ``"copy"`` of an utterance, ``"content"`` of a file, ``"speaker"``,
            ``"sentence"`` or ``"session"``.
        sides: The two sides.
        shared: What is on both; of content, pairs of utterances such as ``"03a01Fa = x"``.
        total: How many of the kind the second side holds.
    """

    kind: str
    sides: tuple[str, str]
    shared: tuple[str, ...]
    total: int


def overlaps_of(
    fold: Fold, utterances: Sequence[Utterance], hashes: Mapping[str, str] | None = None
) -> list[Overlap]:
    """Find what the sides of a fold share, whether it is allowed or not.

    Args:
        fold: Sides, as positions in ``utterances``.
        utterances: Utterances, or rows with ids such as ``03a01Fa#noise`` that are copies.
        hashes: Hash of the content of each file, by utterance id.
    """
    sides = {side: [utterances[i] for i in getattr(fold, side)] for side in SIDES}
    return overlaps(sides, hashes)


def overlaps(
    sides: Mapping[str, Sequence[Utterance]], hashes: Mapping[str, str] | None = None
) -> list[Overlap]:
    """Find what each two of the sides share, whether it is allowed or not.

    Args:
        sides: Utterances or rows of each of ``SIDES``.
        hashes: Hash of the content of each file, by utterance id.
    """
    found = []
    for first, second in (("train", "test"), ("validation", "test"), ("train", "validation")):
        pair = (sides[first], sides[second])
        for kind in KINDS:
            shared, total = _shared(kind, *pair, hashes or {})
            if shared:
                found.append(Overlap(kind, (first, second), tuple(sorted(shared)), total))
    return found


def original(row_id: str) -> str:
    """Id of the utterance that a row is a copy of, or of the row itself."""
    return row_id.partition("#")[0]


def content(utterance: Utterance, hashes: Mapping[str, str]) -> Content | None:
    """Key that equal audio has in common: hash of the file, and which stretch of it."""
    digest = hashes.get(original(utterance.id))
    return (digest, utterance.start, utterance.end) if digest else None


def _shared(
    kind: str, first: Sequence[Utterance], second: Sequence[Utterance], hashes: Mapping[str, str]
) -> tuple[set[str], int]:
    """Find what two sides share of a kind, and how many of it the second has."""
    if kind == "id":
        ids = {u.id for u in second}
        return {u.id for u in first} & ids, len(ids)
    if kind == "copy":  # an id on both sides is worse, and reported as such
        rows = {u.id for u in first}
        originals = {original(row) for row in rows}
        held = {original(u.id) for u in second}
        own = {original(u.id) for u in second if u.id not in rows}
        return originals & own, len(held)
    if kind == "content":
        return _twins(first, second, hashes), len({original(u.id) for u in second})
    groups = [{getattr(u, kind) for u in side} - {None} for side in (first, second)]
    return groups[0] & groups[1], len(groups[1])


def _twins(
    first: Sequence[Utterance], second: Sequence[Utterance], hashes: Mapping[str, str]
) -> set[str]:
    """Pairs of different utterances, one from each side, that hold the same audio."""
    known = {content(u, hashes): original(u.id) for u in first}
    known.pop(None, None)
    pairs = {original(u.id): known.get(content(u, hashes)) for u in second}
    return {f"{there}{SAME}{here}" for here, there in pairs.items() if there not in (None, here)}
