"""One fold at one seed: the unit that is planned, trained, skipped, continued and reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ser.runs.layout import ALL_CELLS, CHECKPOINTS, LAST, PARTS, cell_name, inner_name

PLACE = re.compile(r"fold-(\d+)/seed-(-?\d+)(?:/inner-(\d+))?")


@dataclass(frozen=True)
class Cell:
    """A place in a run.

    Args:
        run: Folder of the run, such as ``runs/emodb/cnn1d/stratified``.
        fold: Fold, counted from 0.
        seed: Seed of the training.
        inner: Inner fold of a nested selection, or None for the fold itself.
        part: Part of a training that has several, such as ``member-1/choice``; empty for a
            training of one piece, and for the last one.
        chance: Seed of all that a member of an ensemble draws; None takes ``seed``.
    """

    run: Path
    fold: int
    seed: int = 0
    inner: int | None = None
    part: str = ""
    chance: int | None = None

    @property
    def folder(self) -> Path:
        """Where the cell, or a part of it, keeps its files."""
        folder = self.run / cell_name(self.fold, self.seed)
        folder = folder if self.inner is None else folder / inner_name(self.inner)
        return folder / PARTS / self.part if self.part else folder

    @property
    def draws(self) -> int:
        """Seed of all that is drawn."""
        return self.seed if self.chance is None else self.chance

    @property
    def whole(self) -> Cell:
        """The cell that this is a part of."""
        return replace(self, part="", chance=None)

    @property
    def last_checkpoint(self) -> Path:
        """What an interrupted training is continued from."""
        return self.folder / CHECKPOINTS / f"{LAST}.ckpt"

    def within(self, inner: int) -> Cell:
        """Inner fold of this cell."""
        return replace(self, inner=inner)

    def within_part(self, name: str) -> Cell:
        """Part of this cell, or of this part."""
        return replace(self, part="/".join(filter(None, (self.part, name))))

    def member(self, number: int, members: int) -> Cell:
        """Member of an ensemble in this cell; no two cells of a fold draw alike."""
        part = self.within_part(f"member-{number}")
        return replace(part, chance=self.seed * members + number)


def cell_folders(run: Path) -> list[Path]:
    """Folders of the cells that a run has begun, in their order.

    What somebody put beside them under a name that no cell has, such as a copy, is none.
    """
    found = [folder for folder in run.glob(ALL_CELLS) if folder.is_dir()]
    return sorted(folder for folder in found if _is_named(folder))


def _is_named(folder: Path) -> bool:
    name = f"{folder.parent.name}/{folder.name}"
    place = PLACE.fullmatch(name)
    return place is not None and cell_name(int(place[1]), int(place[2])) == name


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
