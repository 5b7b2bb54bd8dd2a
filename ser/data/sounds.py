"""Files that hold the same sound in other bytes: a WAV beside its FLAC, or other tags."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ser.corpora import Utterance
from ser.errors import AudioError
from ser.features import decoding

PROBE = 0.05  # s from the middle, which tell most files of equal length apart


def sounds_of(utterances: Sequence[Utterance], hashes: Mapping[str, str]) -> dict[str, str]:
    """Hashes that files of the same samples have in common, whatever their bytes.

    Only files of equal rate and length are decoded, and whole only where their middles are equal.

    Args:
        utterances: Of the corpus.
        hashes: SHA-256 of the audio file of each, by id.

    Returns:
        The hashes, by id; where different files hold the same samples, the hash of these.
    """
    files = {hashes[utterance.id]: utterance.path for utterance in utterances}
    shared = dict(_of_samples(files))
    return {name: shared.get(digest, digest) for name, digest in hashes.items()}


def _of_samples(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Yield the hash of the file and of the samples where several files hold the same."""
    for alike in _parted(files, lambda digest: _shape(files[digest])):
        for equal in _parted(alike, lambda digest: _middle(files[digest])):
            whole = {digest: _samples(files[digest]) for digest in equal}
            for same in _parted(equal, whole.__getitem__):
                yield from ((digest, str(whole[digest])) for digest in same)


def _parted(files: Iterable[str], key: Callable[[str], Hashable]) -> list[list[str]]:
    """Sets of at least two files that have a key in common; those without a key are in none."""
    sets: dict[Hashable, list[str]] = defaultdict(list)
    for digest in files:
        sets[key(digest)].append(digest)
    return [found for shared, found in sets.items() if shared is not None and len(found) > 1]


def _shape(path: Path) -> tuple[int, int, int] | None:
    """What the headers of equal sounds have in common; None where there is no such header."""
    try:
        return decoding.shape_of(path)
    except AudioError:  # which is said when it is to be heard
        return None


def _middle(path: Path) -> str | None:
    """Hash of a little in the middle of a file; None where it cannot be decoded."""
    start = (decoding.duration_of(path) or 0.0) / 2
    return _samples(path, start, start + PROBE)


def _samples(path: Path, start: float = 0.0, end: float | None = None) -> str | None:
    """Hash of the samples in a stretch of a file; None where it cannot be decoded."""
    try:
        samples, rate = decoding.decode(path, start, end)
    except AudioError:
        return None
    return hashlib.sha256(b"%d %d " % (rate, samples.shape[1]) + samples.tobytes()).hexdigest()
