"""A training that is killed, or whose disk fails, at any step of what it writes."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from faults.commands import Ended, run, tables
from faults.fault import Fault, Tries, expect

TRAINING = (
    "data=synthetic",
    "data.sentences=1",
    "cv.n_splits=3",
    "fold=0",
    "model=lstm",
    "model.hidden_size=8",
    "trainer=cpu",
    "trainer.max_epochs=2",
    "name=x",
)
# What Python reports of a process that writes, whichever library does it.
WRITES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate")
STRIDE = 6  # every sixth step is tried, from a first one that differs between the faults
KILLS = 8


def training(folder: Path, **options: Any) -> Ended:
    """Train in a folder; its store is there as well, the corpus in the cache of the user."""
    words = [*TRAINING, f"output={folder / 'runs'}", f"data.cache={folder / 'cache'}"]
    return run("train", words, **options)


def at_each_write(folder: Path, act: Callable[[str], None], wanted: int) -> None:
    """Do something at the ``wanted``-th write below a folder, in this process from now on."""
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        path = _written(event, arguments)
        if path is None or not path.startswith(str(folder)):
            return
        count += 1
        if count == wanted:
            act(path)

    sys.addaudithook(hook)


def _written(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Path that an event of Python's audit writes to, if it does."""
    if event in WRITES:
        return str(arguments[0])
    if event == "open" and not isinstance(arguments[0], int):
        return str(arguments[0]) if arguments[2] & (os.O_WRONLY | os.O_RDWR) else None
    return None


def count_writes(folder: Path) -> int:
    """How many writes a training makes below a folder."""
    tally = folder.with_name("writes")

    def note() -> None:
        file = os.open(tally, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            path = _written(event, arguments)
            if path is not None and path.startswith(str(folder)):
                os.write(file, b".")

        sys.addaudithook(hook)

    training(folder, before=note).succeeded()
    return len(tally.read_bytes())


def killed(folder: Path, truth: dict[str, bytes], write: int) -> None:
    """Kill a training at one of its writes; the same command then gives the same bytes."""
    _fresh(folder)
    kill = partial(at_each_write, folder, lambda _: os.kill(os.getpid(), signal.SIGKILL), write)
    training(folder, before=kill)
    _made_good(folder, truth)


def failing(folder: Path, truth: dict[str, bytes], write: int) -> None:
    """Let the disk be full at one write: it is named, and the same command makes it good."""
    _fresh(folder)

    def full(path: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    ended = training(folder, before=partial(at_each_write, folder, full, write))
    if ended.code != 0:
        ended.refused("No space left on device")
    _made_good(folder, truth)


def killed_at_random(folder: Path, truth: dict[str, bytes], seed: int, longest: float) -> None:
    """Kill a training after some time, whatever it does then."""
    _fresh(folder)
    training(folder, kill_after=random.Random(seed).uniform(0.02, longest))
    _made_good(folder, truth)


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _made_good(folder: Path, truth: dict[str, bytes]) -> None:
    training(folder).succeeded()
    expect(tables(folder / "runs") == truth, "other predictions than undisturbed")
    drafts = [path for path in folder.rglob("*") if _is_draft(path)]
    expect(not drafts, f"left behind: {', '.join(path.name for path in drafts)}")


def _is_draft(path: Path) -> bool:
    return path.suffix == ".part" or (path.name.startswith(".") and not path.name.endswith("lock"))


def _each(work: Callable[..., None], first: int) -> Callable[[Path], Tries]:
    def tries(folder: Path) -> Tries:
        base = folder / "undisturbed"
        _fresh(base)
        writes = count_writes(base)
        truth = tables(base / "runs")
        return {
            f"write {k} of {writes}": partial(work, folder / "try", truth, k)
            for k in range(first, writes + 1, STRIDE)
        }

    return tries


def _at_random(folder: Path) -> Tries:
    base = folder / "undisturbed"
    _fresh(base)
    training(base).succeeded()
    truth = tables(base / "runs")
    work = partial(killed_at_random, folder / "try", truth, longest=2.0)
    return {f"seed {seed}": partial(work, seed) for seed in range(KILLS)}


SAME = "the same command goes on to the same bytes"
FAULTS = (
    Fault("SIGKILL at a write of the training", SAME, _each(killed, 1)),
    Fault("disk full at a write of the training", f"named; then {SAME}", _each(failing, 2)),
    Fault("SIGKILL at a random moment", SAME, _at_random),
)
