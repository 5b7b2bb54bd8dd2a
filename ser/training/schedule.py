"""Which fold of how many is trained now, and how long all of them will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from statistics import median

from ser.runs.cell import Cell
from ser.runs.kept import is_marked
from ser.system.terminal import lasting


class Schedule:
    """Cells that are trained one after the other.

    Args:
        cells: All that were asked for, also those that are finished.
        clock: Gives the time, in seconds.
    """

    def __init__(self, cells: Sequence[Cell], clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.places = {cell.folder: number for number, cell in enumerate(cells, 1)}
        self.left = {cell.folder for cell in cells if not is_marked(cell.folder)}
        self.taken: list[float] = []
        self.begun = clock()

    @contextmanager
    def training(self, cell: Cell) -> Iterator[None]:
        """Take the time of a cell while the block trains it."""
        self.begun = self.clock()
        try:
            yield
        finally:
            if cell.folder in self.left:
                self.left.remove(cell.folder)
                self.taken.append(self.clock() - self.begun)

    def place(self, cell: Cell) -> str:
        """Which of how many a cell is, such as `` (4 of 10)``; nothing where it is the only one."""
        number = self.places.get(Cell(cell.run, cell.fold, cell.seed).folder)
        return f" ({number} of {len(self.places)})" if number and len(self.places) > 1 else ""

    def rest(self, share: float | None = None) -> str:
        """How long the rest will take, as the end of a line; nothing where that is not known.

        Args:
            share: Share of the cell that is trained now which is done; None where the time of an
                earlier one alone says something of it.
        """
        elapsed = self.clock() - self.begun
        others = max(len(self.left) - 1, 0)
        times = [*self.taken, *([elapsed / share] if share else [])]
        if not times or (share == 1 and not others):
            return ""
        usual = median(times)
        return f", {lasting(max(usual - elapsed, 0) * (share != 1) + usual * others)} left"


CURRENT: ContextVar[Schedule | None] = ContextVar("schedule", default=None)


@contextmanager
def scheduled(cells: Sequence[Cell]) -> Iterator[Schedule]:
    """Go through cells, as a part of a sweep if one goes on in this process.

    Args:
        cells: All that are asked for.
    """
    there = CURRENT.get()
    if there is not None:
        yield there
        return
    schedule = Schedule(cells)
    token = CURRENT.set(schedule)
    try:
        yield schedule
    finally:
        CURRENT.reset(token)


def title_of(cell: Cell, output: str | Path) -> str:
    """What a cell is called on the terminal, such as ``emodb/cnn1d/speaker fold 3 (4 of 10)``."""
    there, schedule = cell.run.relative_to(output).as_posix(), CURRENT.get()
    place = schedule.place(cell) if schedule else ""
    inner = "" if cell.inner is None else f", inner fold {cell.inner}"
    part = f", {cell.part.replace('-', ' ').replace('/', ', ')}" if cell.part else ""
    return f"{there} fold {cell.fold}{place}{inner}{part}"


def rest(share: float | None) -> str:
    """How long the folds that are left will take, as the end of a line; see ``Schedule.rest``."""
    schedule = CURRENT.get()
    return schedule.rest(share) if schedule else ""
