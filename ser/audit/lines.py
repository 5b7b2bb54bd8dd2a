"""What an audit says in lines: who is missing, which files are odd, what the probes mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ser.audit.levels import levels
from ser.audit.probes import RANK, Neighbours, Shuffled, neighbours, vectors
from ser.audit.settings import Settings
from ser.folds.fold import GROUPS, SIDES
from ser.folds.formats import named
from ser.folds.overlaps import content, groups_in

if TYPE_CHECKING:
    from ser.data.corpus_folds import CorpusFolds
    from ser.folds import Fold


def coverage(data: CorpusFolds, folds: Sequence[Fold]) -> list[str]:
    """What is in no fold, too often in one, or missing from a side."""
    lines = data.notes
    lines.append(
        f"{len(data.utterances)} utterances, {len(folds)} folds; "
        + ", ".join(f"{side} {_range([len(f.side(side)) for f in folds])}" for side in SIDES)
    )
    left = [
        len(data.utterances) - len({data.rows[i].id for side in SIDES for i in f.side(side)})
        for f in folds
    ]
    if any(left):
        lines.append(f"{_range(left)} utterances are left out of a fold")
    tested = Counter(i for fold in folds for i in fold.test.tolist())
    never = len(data.utterances) - len({data.rows[i].id for i in tested})
    lines += [f"{never} utterances are never tested"] * bool(never)
    often = sum(count > 1 for count in tested.values())
    lines += [f"{often} rows are tested more than once"] * bool(often)
    return lines + _never(data, folds) + _missing(data, folds)


def files(data: CorpusFolds, settings: Settings) -> list[str]:
    """Duplicate, nearly duplicate, nearly silent and clipped files."""
    by_content: dict[object, list[str]] = defaultdict(list)
    for utterance in data.utterances:
        by_content[content(utterance, data.prepared.hashes)].append(utterance.id)
    same = [" = ".join(ids) for ids in by_content.values() if len(ids) > 1]
    found = levels(data.utterances)
    return [
        _count("duplicate files", "the same content under two names", same),
        _count(
            "nearly duplicate files", _near(settings.close), _near_duplicates(data, settings.close)
        ),
        _count(
            "nearly silent files",
            f"loudest sample below {settings.near_silent:g} dB of full scale",
            [
                f"{level.id} ({level.peak:.0f} dB)"
                for level in found
                if level.peak < settings.near_silent
            ],
        ),
        _count(
            "clipped files",
            f"{settings.clipped} or more samples in a row within 0.1 % of the loudest",
            [f"{level.id} ({level.flat})" for level in found if level.flat >= settings.clipped],
        ),
    ]


def closeness(data: CorpusFolds, found: Neighbours, close: float) -> str:
    """Say how many tested rows have a suspiciously near neighbour, and which."""
    near = found.close(close)
    pairs = [
        f"{data.rows[i]} ~ {data.rows[j]}"
        for i, j in zip(found.rows[near], found.nearest[near], strict=True)
    ]
    count = f"{len(pairs)} of {len(near)} tested rows have a neighbour {_near(close)}"
    return f"{count}: {named(pairs)}" if pairs else count


def knowledge(found: Shuffled, tested: int) -> str:
    """Say what nearest neighbours know of shuffled labels, and why."""
    figures = f"UAR with shuffled labels {found.mean:.1%}, chance {found.chance:.1%}"
    if not found.leaks:
        return f"{figures}: no neighbour of a tested row is a copy of it"
    return (
        f"{figures}: LEAK, {found.copies} of {tested} tested rows are next to a copy of themselves"
    )


def _near(close: float) -> str:
    return f"nearer than {close:g} of the distance to the {RANK}th neighbour"


def _near_duplicates(data: CorpusFolds, close: float) -> list[str]:
    """Pairs of different recordings that are suspiciously near, over the whole corpus."""
    everything, hashes = np.arange(len(data.utterances)), data.prepared.hashes
    # Originals come before their copies.
    values = vectors(data.prepared.features)[: len(everything)]
    found = neighbours(values, everything, everything, everything)
    pairs: dict[str, str] = {}
    for i, j, ratio in zip(found.rows, found.nearest, found.ratio, strict=True):
        one, other = data.utterances[i], data.utterances[j]
        if ratio < close and content(one, hashes) != content(other, hashes):
            pair = " ~ ".join(sorted((one.id, other.id)))
            pairs.setdefault(pair, f"{pair} ({ratio:.2f})")
    return list(pairs.values())


def _never(data: CorpusFolds, folds: Sequence[Fold]) -> list[str]:
    """Speakers, sentences and sessions that no fold tests."""
    tested = [data.rows[i] for i in sorted({i for fold in folds for i in fold.test.tolist()})]
    lines = []
    for key in GROUPS:
        missing = groups_in(data.utterances, key) - groups_in(tested, key)
        lines += [f"{key} never tested: {named(missing)}"] * bool(missing)
    return lines


def _missing(data: CorpusFolds, folds: Sequence[Fold]) -> list[str]:
    """Emotions that a side of a fold lacks."""
    lacking: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fold in folds:
        for side in SIDES:
            rows = fold.side(side)
            for label in set(data.corpus.labels) - {data.rows[i].emotion for i in rows}:
                if len(rows):
                    lacking[side, label].append(fold.index)
    return [
        f"no {label} in {side} of fold {', '.join(map(str, indices[:10]))}"
        + (f", … ({len(indices)} in all)" if len(indices) > 10 else "")  # noqa: PLR2004 - names on a line
        for (side, label), indices in sorted(lacking.items())
    ]


def _count(what: str, rule: str, names: Sequence[str]) -> str:
    return f"{what}, {rule}: " + (f"{len(names)}: {named(names)}" if names else "none")


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
