"""Which fold of how many is trained now, and how long all of them will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

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
        number = self.places.get(cell.whole.folder if cell.inner is None else _outer(cell).folder)
        return f" ({number} of {len(self.places)})" if number and len(self.places) > 1 else ""

    def rest(self, share: float | None = None) -> str:
        """How long the rest will take, as the end of a line; nothing where that is not known.

        Args:
            share: Share of the cell that is trained now which is done; None where the time of an
                earlier one alone says something of it.
        """
        elapsed = self.clock() - self.begun
        usual = sum(self.taken) / len(self.taken) if self.taken else share and elapsed / share
        if not usual:
            return ""
        others = max(len(self.left) - 1, 0)
        left = max(usual - elapsed, 0) + usual * others
        return f", {lasting(left)} left" if left else ""


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
    token = CURRENT.set(Schedule(cells))
    try:
        yield CURRENT.get() or Schedule(cells)
    finally:
        CURRENT.reset(token)


def _outer(cell: Cell) -> Cell:
    return Cell(cell.run, cell.fold, cell.seed)
