"""Stretches of one recording that overlap: what of their audio is on both sides of a fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

import numpy as np
from numpy.typing import NDArray

LEAST = 0.1  # of the shorter of two stretches: less is a matter of rounding, or of one breath
AT_ONCE = 2**22  # pairs
WHOLE = (0.0, None)
Content = tuple[str, float, float | None]  # hash of a file, and which stretch of it
Side = Mapping[str, "Content | None"]
Named = list[tuple[str, float, float]]


def overlapping(first: Side, second: Side) -> set[str]:
    """Name the utterances of a side that overlap in time with others on another side.

    Equal stretches are left to whoever looks for equal audio.

    Args:
        first: Audio of each utterance of a side, by id.
        second: The same of another side.

    Example:
        >>> overlapping({"a": ("x", 0.0, 2.0)}, {"b": ("x", 1.0, 3.0), "c": ("x", 2.0, 3.0)})
        {'b'}
    """
    if not any(audio and audio[1:] != WHOLE for audio in (*first.values(), *second.values())):
        return set()
    ours, theirs = _by_file(second), _by_file(first)
    return {name for file in ours.keys() & theirs.keys() for name in _in(ours[file], theirs[file])}


def _by_file(side: Side) -> dict[str, Named]:
    files: dict[str, Named] = defaultdict(list)
    for name, audio in side.items():
        if audio is not None:
            digest, start, end = audio
            files[digest].append((name, start, inf if end is None else end))
    return files


def _in(ours: Named, theirs: Named) -> Iterator[str]:
    """Name those of our stretches that overlap with some of theirs."""
    step = max(AT_ONCE // len(theirs), 1)
    for i in range(0, len(ours), step):
        yield from _within(ours[i : i + step], theirs)


def _within(ours: Named, theirs: Named) -> Iterable[str]:
    starts, ends = (_column(ours, i)[:, None] for i in (1, 2))
    from_, to = (_column(theirs, i)[None] for i in (1, 2))
    shared = np.minimum(ends, to) - np.maximum(starts, from_)  # (ours, theirs), in seconds
    shorter = np.minimum(ends - starts, to - from_)
    equal = (starts == from_) & (ends == to)
    much = (shared > 0) & (shared >= LEAST * shorter) & ~equal
    return (ours[i][0] for i in np.flatnonzero(much.any(axis=1)))


def _column(stretches: Named, place: int) -> NDArray[np.float64]:
    return np.array([stretch[place] for stretch in stretches], dtype=np.float64)
