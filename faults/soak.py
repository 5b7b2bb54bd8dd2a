"""Hundreds of small trainings in one process and over workers, which are killed now and then."""

from __future__ import annotations

import gc
import random
import resource
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from faults.commands import run, tables
from faults.fault import Fault, Tries, expect

SEEDS = 50  # with five folds of two regimes 500 cells
SMALL = (
    "data=synthetic",
    "data.sentences=1",
    "cv=stratified,kfold",
    "cv.n_splits=5",
    "fold=each",
    "model=svm",
)
ROOM = 64 * 2**20  # bytes by which memory may grow, from a tenth of the cells to the last
KILLS = 12
LONGEST = 20.0  # s until a kill
HARMLESS = 4  # handles and threads that come and go


def words(folder: Path, seeds: int, *more: str) -> list[str]:
    """Command line of a sweep over seeds, in a folder with a store of its own."""
    over = f"seed={','.join(map(str, range(seeds)))}"
    places = (f"output={folder / 'runs'}", f"data.cache={folder / 'cache'}")
    return ["-m", *SMALL, over, *places, *more]


def in_one_process(folder: Path, seeds: int) -> None:
    """Train all cells in one process: what it holds stays as it was after the first ones."""
    log = folder.with_name("held")
    run("train", words(folder, seeds), before=partial(_note_each, log), patience=3600).succeeded()
    held = [tuple(map(int, line.split())) for line in log.read_text().splitlines()]
    first, last = held[len(held) // 10], held[-1]
    expect(last[0] - first[0] < ROOM, f"memory grew by {(last[0] - first[0]) / 2**20:.0f} MB")
    expect(last[1] - first[1] <= HARMLESS, f"{last[1] - first[1]} more open files")
    expect(last[2] - first[2] <= HARMLESS, f"{last[2] - first[2]} more threads")


def over_workers(folder: Path, truth: Callable[[], dict[str, bytes]], seeds: int) -> None:
    """Kill a sweep over two workers at random until it is done: the bytes are those undisturbed."""
    over = ("hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    draw = random.Random(0)
    for _ in range(KILLS):
        run("train", words(folder, seeds, *over), kill_after=draw.uniform(1, LONGEST))
    run("train", words(folder, seeds, *over), patience=3600).succeeded()
    expect(_cells(tables(folder / "runs")) == _cells(truth()), "other predictions than undisturbed")


def _cells(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if "fold-" in name}


def _note_each(log: Path) -> None:
    """Write down memory, open files and threads of this process after each training."""
    from ser.training.work import Work  # noqa: PLC0415 - within the fork

    attempt = Work.attempt

    def noting(self: Work, *arguments: object) -> str:
        outcome = attempt(self, *arguments)  # type: ignore[arg-type]
        gc.collect()
        held = (
            _memory(),
            sum(1 for _ in Path("/proc/self/fd").iterdir()),
            threading.active_count(),
        )
        with log.open("a") as file:
            file.write(" ".join(map(str, held)) + "\n")
        return outcome

    Work.attempt = noting  # type: ignore[method-assign]


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _tries(folder: Path, seeds: int = SEEDS) -> Tries:
    one, several = folder / "one", folder / "several"
    cells = f"{seeds * 10} cells"
    return {
        f"{cells} in one process": partial(in_one_process, one, seeds),
        f"{cells} over workers": partial(
            over_workers, several, lambda: tables(one / "runs"), seeds
        ),
    }


FAULTS = (
    Fault(
        "500 small trainings in one process; over workers that are killed at random",
        "memory, open files and threads stay flat; the same bytes",
        _tries,
    ),
)
