"""What an audit says in lines: who is missing, which files are odd, what the probes mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ser.audit.levels import Level, levels
from ser.audit.nearest import Pair, near_copies
from ser.audit.probes import RANK, Neighbours, Shuffled, vectors
from ser.audit.settings import Settings
from ser.folds.duplicates import DROP
from ser.folds.fold import GROUPS, SIDES
from ser.folds.formats import named
from ser.folds.overlaps import SAME, groups_in
from ser.system.counted import counted

if TYPE_CHECKING:
    from ser.data.corpus_folds import CorpusFolds
    from ser.folds import Fold

HOUR = 3600  # s


def coverage(data: CorpusFolds, folds: Sequence[Fold]) -> list[str]:
    """What is in no fold, too often in one, or missing from a side."""
    lines = data.notes
    lines.append(
        f"{counted(len(data.utterances), 'utterance')}, {counted(len(folds), 'fold')}; "
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
    lines += [f"{counted(never, 'utterance is', 'utterances are')} never tested"] * bool(never)
    often = sum(count > 1 for count in tested.values())
    lines += [f"{counted(often, 'row is', 'rows are')} tested more than once"] * bool(often)
    return lines + _never(data, folds) + _missing(data, folds)


def files(data: CorpusFolds, settings: Settings) -> list[str]:
    """Forms and lengths of files; duplicate, nearly duplicate, nearly silent and clipped ones."""
    found = levels(data.utterances)
    values = vectors(data.prepared.features)[: len(data.utterances)]  # before their copies
    pairs = near_copies(data.utterances, values, data.hashes, settings.close)
    same = [SAME.join(u.id for u in copies) for copies in data.identical]
    return [
        forms(found),
        lengths(found),
        *(["identical files are left out but for one of each"] * (data.duplicates == DROP)),
        _count("duplicate files", "the same content under two names", same),
        _count("nearly duplicate files", _near(settings.close), [*map(str, pairs)]),
        *across(pairs),
        *odd(found, settings.near_silent, settings.clipped),
    ]


def forms(found: Sequence[Level]) -> str:
    """Say how files hold their samples, and which are other than most."""
    kinds = Counter(level.form for level in found if level.form)
    said = [f"{count} of {form}" for form, count in kinds.most_common()]
    return f"files: {'; '.join(said) or 'none can be opened'}"


def lengths(found: Sequence[Level]) -> str:
    """Say how long utterances last."""
    seconds = np.array([level.seconds for level in found if not level.fault])
    if not len(seconds):
        return "no utterance can be heard"
    low, middle, high = np.quantile(seconds, (0, 0.5, 1))
    whole = f"{seconds.sum() / 3600:.1f} h" if seconds.sum() >= HOUR else f"{seconds.sum():.0f} s"
    return f"utterances last {low:.2f} to {high:.2f} s, median {middle:.2f} s; {whole} in all"


def across(pairs: Sequence[Pair]) -> list[str]:
    """Name near-copies of different speakers: no regime that keeps speakers apart parts them."""
    found = [f"{p} of {p.one.speaker} and {p.other.speaker}" for p in pairs if p.across]
    if not found:
        return []
    return [f"of them, of different speakers: {len(found)}: {named(found)}"]


def odd(found: Sequence[Level], near_silent: float, clipped: int) -> list[str]:
    """Name nearly silent and clipped files."""
    heard = [level for level in found if not level.fault]
    return [
        _count(
            "nearly silent files",
            f"loudest sample below {near_silent:g} dB of full scale",
            [f"{level.id} ({level.peak:.0f} dB)" for level in heard if level.peak < near_silent],
        ),
        _count(
            "clipped files",
            f"{clipped} or more samples in a row within 0.1 % of the loudest",
            [f"{level.id} ({level.flat})" for level in heard if level.flat >= clipped],
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
        return f"{figures}: no tested row is next to another of the same utterance"
    return (
        f"{figures}: LEAK, {found.copies} of {tested} tested rows are next to a copy of themselves"
    )


def _near(close: float) -> str:
    return f"nearer than {close:g} of the distance to the {RANK}th neighbour"


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
