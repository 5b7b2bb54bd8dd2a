"""Files that hold the same sound in other bytes: a WAV beside its FLAC, or other tags."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ser.corpora import Utterance
from ser.errors import AudioError
from ser.features import decoding

Files = Mapping[str, Path]  # by the hash of their bytes
Key = TypeVar("Key", bound=Hashable)
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
    alike = [same for _, shaped in _parted(files, _shape) for _, same in _parted(shaped, _middle)]
    equal = (found for same in alike for found in _parted(same, _samples))
    shared = {digest: sound for sound, found in equal for digest in found}
    return {name: shared.get(digest, digest) for name, digest in hashes.items()}


def _parted(files: Files, key: Callable[[Path], Key | None]) -> Iterator[tuple[Key, Files]]:
    """Yield files that have a key in common, two or more; those without a key are in none."""
    sets: dict[Key, dict[str, Path]] = defaultdict(dict)
    for digest, path in files.items():
        if (shared := key(path)) is not None:
            sets[shared][digest] = path
    yield from ((shared, found) for shared, found in sets.items() if len(found) > 1)


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
