"""Stored features that were damaged after they were written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from faults.commands import run, tables
from faults.damage import ANY, Damage, flipped
from faults.fault import Fault, Tries, expect
from faults.interruptions import TRAINING


def huge(path: Path) -> None:
    """Put one enormous number among the features."""
    values = np.fromfile(path, np.float32)
    values[len(values) // 2] = 1e30
    values.tofile(path)


def moved(path: Path) -> None:
    """Move every number one place on."""
    np.roll(np.fromfile(path, np.float32), 1).tofile(path)


NUMBERS: dict[str, Damage] = {"1e30 among them": huge, "shifted by one": moved}


def train(folder: Path, cache: Path) -> dict[str, bytes]:
    """Train on the features of a cache, and give the predictions."""
    shutil.rmtree(folder, ignore_errors=True)
    run("train", [*TRAINING, f"output={folder}", f"data.cache={cache}"]).succeeded()
    return tables(folder)


def damaged(folder: Path, file: str, damage: Damage) -> None:
    """Damage a file of the store: it is made again, and predictions are the same."""
    shutil.rmtree(folder / "cache-try", ignore_errors=True)
    shutil.copytree(folder / "cache", folder / "cache-try")
    damage(folder / "cache-try" / file)
    found = train(folder / "again", folder / "cache-try")
    expect(found == tables(folder / "runs"), "other predictions than before")


def _of(pattern: str, damages: dict[str, Damage]) -> Callable[[Path], Tries]:
    def tries(folder: Path) -> Tries:
        train(folder / "runs", folder / "cache")
        cache = folder / "cache"
        store = max(cache.rglob("values.f32"), key=lambda path: path.stat().st_size).parent
        files = sorted(path.relative_to(cache) for path in store.glob(pattern))
        bits = {
            f"bit at {share:.0%}": partial(flipped, share=share) for share in (0, 0.31, 0.77, 1)
        }
        every = {**ANY, **bits, **damages}
        return {
            f"{file} {name}": partial(damaged, folder, file.as_posix(), damage)
            for file in files
            for name, damage in every.items()
        }

    return tries


AGAIN = "extracted again; the same predictions"
FAULTS = (
    Fault("stored features damaged", AGAIN, _of("values.f32", NUMBERS)),
    Fault("files beside them damaged", AGAIN, _of("*.[nj]*", {})),
)
