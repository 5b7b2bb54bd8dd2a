"""What two sides of a fold have in common: utterances, copies, file contents, groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ser.corpora.corpus import Utterance
from ser.corpora.row import Row, Unit, as_rows
from ser.folds.fold import CORPUS, GROUPS, SIDES, STRETCH, Fold
from ser.folds.stretches import Content, overlapping

KINDS = ("id", "copy", "content", STRETCH, *GROUPS, CORPUS)
SAME = " = "


@dataclass(frozen=True)
class Overlap:
    """Something that two sides of a fold share.

    Args:
        kind: ``"id"``, ``"copy"`` of an utterance, ``"content"`` of a file, ``"stretch"`` of a
            recording, ``"speaker"``, ``"sentence"``, ``"session"`` or ``"corpus"``.
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
    held = {side: _Side(units, hashes or {}) for side, units in sides.items()}
    found = []
    for first, second in (("train", "test"), ("validation", "test"), ("train", "validation")):
        for kind in KINDS:
            shared, total = _shared(kind, held[first], held[second])
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


def sizes_of(fold: Fold, units: Sequence[Unit]) -> dict[str, int]:
    """Utterances on each side of a fold, whatever number of copies they have."""
    return {side: len({units[i].id for i in fold.side(side)}) for side in SIDES}


def content(unit: Unit, hashes: Mapping[str, str]) -> Content | None:
    """Key that equal audio has in common: hash of the file, and which stretch of it."""
    utterance = _utterance(unit)
    digest = hashes.get(utterance.id)
    return (digest, utterance.start, utterance.end) if digest else None


def group_of(unit: Unit, group: str) -> str | None:
    """Speaker, sentence, session or another group of an utterance; None where it has none."""
    value: str | None = getattr(_utterance(unit), group)
    return value


def groups_in(units: Sequence[Unit], group: str) -> set[str]:
    """Every speaker, sentence or session that occurs."""
    return {value for unit in units if (value := group_of(unit, group)) is not None}


class _Side:
    """What a side holds of each kind, looked up once for the pairs of sides that it is in."""

    def __init__(self, units: Sequence[Unit], hashes: Mapping[str, str]) -> None:
        rows = as_rows(units)
        self.rows = {row.key: row for row in rows}
        self.ids = {name for name, _ in self.rows}
        self.audio = {row.id: content(row, hashes) for row in rows} if hashes else {}
        self.groups = {group: groups_in(rows, group) for group in (*GROUPS, CORPUS)}

    def without(self, other: _Side) -> set[str]:
        """Ids of rows that the other side does not hold in the same view."""
        return {name for name, view in self.rows if (name, view) not in other.rows}


def _shared(kind: str, first: _Side, second: _Side) -> tuple[set[str], int]:
    """What two sides share of a kind, and how many of it the second has."""
    if kind == "id":
        return {str(row) for key, row in second.rows.items() if key in first.rows}, len(second.rows)
    if kind == "copy":  # a row on both sides is worse, and reported as such
        return first.ids & second.without(first), len(second.ids)
    if kind == "content":
        return _twins(first, second), len(second.ids)
    if kind == STRETCH:
        return overlapping(first.audio, second.audio), len(second.ids)
    groups = second.groups[kind]
    return first.groups[kind] & groups, len(groups)


def _twins(first: _Side, second: _Side) -> set[str]:
    """Pairs of different utterances, one from each side, that hold the same audio.

    One for each utterance of the second side: equal files may be many.
    """
    known: dict[Content, list[str]] = defaultdict(list)
    for name, audio in first.audio.items():
        if audio is not None:
            known[audio].append(name)
    found = {
        here: next((there for there in known.get(audio, ()) if there != here), None)
        for here, audio in second.audio.items()
        if audio is not None
    }
    return {f"{there}{SAME}{here}" for here, there in found.items() if there}


def _utterance(unit: Unit) -> Utterance:
    return unit.utterance if isinstance(unit, Row) else unit
