"""Whole jobs from the command line: starts, imports, cells of a sweep, and memory."""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.commands import peak, start
from benchmarks.corpora import corpus
from benchmarks.rounds import Times, in_turns, medians
from benchmarks.row import Row

IMPORTS = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")
PARTS = ("torch", "pytorch_lightning", "torchmetrics", "hydra", "omegaconf", "pandas", "matplotlib")


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        start(["ser.train", *job(work / "fill")], work / "cache")  # fills the store, compiles files
        found = [*starts(work, threads, rounds), *imports(work, threads)]
        found += cells(work, threads, 1 if quick else min(rounds, 3), 2 if quick else 10)
        return [*found, *memory(work, threads)]


def job(output: Path, *words: str, epochs: int = 2) -> list[str]:
    """Words of a small training of the LSTM: of one fold, or as other words say."""
    found = corpus()
    return [
        *(words or ("fold=0",)),
        *("model=lstm", f"data={found.name}", f"data.root={found.root}", f"output={output}"),
        *(f"trainer.max_epochs={epochs}", "trainer=cpu"),
    ]


def starts(work: Path, threads: int, rounds: int) -> list[Row]:
    """Seconds from the command to the first optimiser step."""

    def first_step(cache: Path | None) -> None:
        with tempfile.TemporaryDirectory(dir=work) as folder:
            words = job(Path(folder) / "runs")
            start(["benchmarks.first_step", *words], cache or Path(folder) / "cache")

    ways = {"warm": partial(first_step, work / "cache"), "cold": partial(first_step, None)}
    times = in_turns(ways, rounds)
    meaning = {"warm": "features in the store", "cold": "no store: decoded, extracted, written"}
    return [
        single(f"command to first step, {meaning[name]}", threads, times, name, goal)
        for name, goal in (("warm", "<= 4"), ("cold", ""))
    ]


def single(what: str, threads: int, times: Times, name: str, goal: str = "") -> Row:
    """Line of one figure, judged by itself."""
    return Row(what, threads, {"ser": medians(times)[name]}, "s", "seconds", times[name], goal)


def imports(work: Path, threads: int) -> list[Row]:
    """Seconds that importing takes until the first step, by package."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        words = job(Path(folder) / "runs")
        timed = start(["benchmarks.first_step", *words], work / "cache", "-X", "importtime")
    parts: dict[str, float] = defaultdict(float)
    for micros, module in IMPORTS.findall(timed):
        root = module.partition(".")[0]
        parts[root if root in (*PARTS, "ser") else "others"] += int(micros) / 1e6
    ordered = dict(sorted(parts.items(), key=lambda item: -item[1]))
    whole = {"all": sum(parts.values())}
    what = "imports up to the first step under -X importtime, a package without what it imports"
    return [Row(what, threads, {**whole, **ordered}, "s")]


def cells(work: Path, threads: int, rounds: int, folds: int) -> list[Row]:
    """Seconds of a cell that more epochs do not repeat, in one process and in one each.

    A sweep of one epoch and one of three differ by two epochs a cell; what is left of the first
    without its epoch is the cost beyond the arithmetic, the start of the sweep included.
    """
    grid = ["-m", "cv=kfold,stratified", f"cv.n_splits={folds}", "fold=each"]
    apart = [*grid, "hydra/launcher=slurm_local", "hydra.launcher.parallel=1"]
    count = 2 * folds
    ways = {
        f"{name} {epochs}": partial(sweep, work, words, epochs)
        for name, words in (("shared", grid), ("apart", apart))
        for epochs in (1, 3)
    }
    times = in_turns(ways, rounds, warm=0)
    found = []
    for name, meaning, goal in (
        ("shared", "cells share a process", "<= 1"),
        ("apart", "a process each, one after the other", "<= 5"),
    ):
        pairs = zip(times[f"{name} 1"], times[f"{name} 3"], strict=True)
        beyond = {name: [(one - (three - one) / 2) / count for one, three in pairs]}
        what = f"sweep of {count} cells: a cell beyond its epochs, {meaning}"
        found.append(single(what, threads, beyond, name, goal))
    return found


def sweep(work: Path, grid: Sequence[str], epochs: int) -> None:
    """Train every cell of a sweep for so many epochs."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        start(["ser.train", *job(Path(folder), *grid, epochs=epochs)], work / "cache")


def memory(work: Path, threads: int) -> list[Row]:
    """Most memory that a job held at once, against that of importing what it needs."""
    imported = "import ser.train, ser.training.lightning, ser.report, ser.data, ser.models"
    with tempfile.TemporaryDirectory(dir=work) as folder:
        command = ["-m", "ser.train", *job(Path(folder))]
        figures = {
            "ser": peak(command, work / "cache"),
            "imports": peak(["-c", imported], work / "cache"),
        }
    return [Row("most memory of one training", threads, figures, "MiB")]
