"""What two sides of a fold have in common: utterances, copies, file contents, groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ser.corpora.row import Row, Unit, as_rows
from ser.folds.fold import GROUPS, SIDES, Fold

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

    @property
    def names(self) -> frozenset[str]:
        """What of the second side is shared."""
        return frozenset(name.rpartition(SAME)[2] for name in self.shared)


def overlaps_of(
    fold: Fold, units: Sequence[Unit], hashes: Mapping[str, str] | None = None
) -> list[Overlap]:
    """List what the sides of a fold share, whether it is allowed or not.

    Args:
        fold: Sides, as positions in ``units``.
        units: Utterances, or rows, of which some may be copies.
        hashes: Hash of the content of each file, by utterance id.
    """
    return overlaps({side: [units[i] for i in fold.side(side)] for side in SIDES}, hashes)


def overlaps(
    sides: Mapping[str, Sequence[Unit]], hashes: Mapping[str, str] | None = None
) -> list[Overlap]:
    """List what each two of the sides share, whether it is allowed or not.

    Args:
        sides: Utterances or rows of each of ``SIDES``.
        hashes: Hash of the content of each file, by utterance id.
    """
    rows = {side: as_rows(units) for side, units in sides.items()}
    found = []
    for first, second in (("train", "test"), ("validation", "test"), ("train", "validation")):
        for kind in KINDS:
            shared, total = _shared(kind, rows[first], rows[second], hashes or {})
            if shared:
                found.append(Overlap(kind, (first, second), tuple(sorted(shared)), total))
    return found


def reached(fold: Iterable[Overlap], kind: str, side: str = "test") -> frozenset[str]:
    """What of a side the training side has as well; train and validation together are that side.

    Args:
        fold: What the sides of a fold share.
        kind: Kind of ``Overlap``.
        side: ``"test"``, or ``"validation"``, which only train can reach.
    """
    found = (o.names for o in fold if o.kind == kind and o.sides[1] == side)
    return frozenset[str]().union(*found)


def content(unit: Unit, hashes: Mapping[str, str]) -> Content | None:
    """Key that equal audio has in common: hash of the file, and which stretch of it."""
    (row,) = as_rows([unit])
    digest = hashes.get(row.id)
    return (digest, row.utterance.start, row.utterance.end) if digest else None


def group_of(unit: Unit, group: str) -> str | None:
    """Speaker, sentence, session or another group of an utterance; None where it has none."""
    utterance = unit.utterance if isinstance(unit, Row) else unit
    value: str | None = getattr(utterance, group)
    return value


def groups_in(units: Sequence[Unit], group: str) -> set[str]:
    """Every speaker, sentence or session that occurs."""
    return {value for unit in units if (value := group_of(unit, group)) is not None}


def _shared(
    kind: str, first: Sequence[Row], second: Sequence[Row], hashes: Mapping[str, str]
) -> tuple[set[str], int]:
    """What two sides share of a kind, and how many of it the second has."""
    if kind == "id":
        keys = {row.key for row in first}
        return {str(row) for row in second if row.key in keys}, len({row.key for row in second})
    ids = {row.id for row in second}
    if kind == "copy":  # a row on both sides is worse, and reported as such
        keys = {row.key for row in first}
        own = {row.id for row in second if row.key not in keys}
        return {row.id for row in first} & own, len(ids)
    if kind == "content":
        return _twins(first, second, hashes), len(ids)
    groups = groups_in(second, kind)
    return groups_in(first, kind) & groups, len(groups)


def _twins(first: Sequence[Row], second: Sequence[Row], hashes: Mapping[str, str]) -> set[str]:
    """Pairs of different utterances, one from each side, that hold the same audio."""
    known = {content(row, hashes): row.id for row in first}
    known.pop(None, None)
    pairs = {row.id: known.get(content(row, hashes)) for row in second}
    return {f"{there}{SAME}{here}" for here, there in pairs.items() if there not in (None, here)}
