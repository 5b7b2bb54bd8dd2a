"""Ways to damage a file, by name."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

Damage = Callable[[Path], None]


def cut(path: Path) -> None:
    """Keep the first half."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    """Keep the name alone."""
    path.write_bytes(b"")


def removed(path: Path) -> None:
    """Keep nothing."""
    path.unlink()


def garbage(path: Path) -> None:
    """Write noise of the same size."""
    path.write_bytes(random.Random(0).randbytes(path.stat().st_size))


def zeros(path: Path) -> None:
    """Write zeros of the same size, as some disks do after a crash."""
    path.write_bytes(bytes(path.stat().st_size))


def flipped(path: Path, share: float) -> None:
    """Flip one bit, at some share of the file."""
    content = bytearray(path.read_bytes())
    content[int(share * (len(content) - 1))] ^= 1
    path.write_bytes(content)


def doubled(path: Path) -> None:
    """Write the content twice."""
    path.write_bytes(path.read_bytes() * 2)


ANY: Mapping[str, Damage] = {
    "cut": cut,
    "empty": emptied,
    "removed": removed,
    "noise": garbage,
    "zeros": zeros,
    "twice": doubled,
}
