"""One fold at one seed: the unit that is planned, trained, skipped, continued and reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ser.runs.layout import CHECKPOINTS, LAST, cell_name, inner_name

PLACE = re.compile(r"fold-(\d+)/seed-(-?\d+)(?:/inner-(\d+))?")


@dataclass(frozen=True)
class Cell:
    """A place in a run.

    Args:
        run: Folder of the run, such as ``runs/emodb/cnn1d/stratified``.
        fold: Fold, counted from 0.
        seed: Seed of the training.
        inner: Inner fold of a nested selection, or None for the fold itself.
    """

    run: Path
    fold: int
    seed: int = 0
    inner: int | None = None

    @property
    def folder(self) -> Path:
        """Where the cell keeps its files."""
        folder = self.run / cell_name(self.fold, self.seed)
        return folder if self.inner is None else folder / inner_name(self.inner)

    @property
    def last_checkpoint(self) -> Path:
        """What an interrupted training is continued from."""
        return self.folder / CHECKPOINTS / f"{LAST}.ckpt"

    def within(self, inner: int) -> Cell:
        """Inner fold of this cell."""
        return replace(self, inner=inner)


def cell_at(folder: Path) -> Cell:
    """Cell, or inner fold of one, that a folder belongs to.

    Raises:
        ValueError: If it is not the folder of a cell.
    """
    for depth in (2, 3):
        found = PLACE.fullmatch("/".join(folder.parts[-depth:]))
        if found:
            inner = None if found[3] is None else int(found[3])
            return Cell(folder.parents[depth - 1], int(found[1]), int(found[2]), inner)
    raise ValueError(f"{folder} is not named as a fold at a seed, such as fold-03/seed-0.")
