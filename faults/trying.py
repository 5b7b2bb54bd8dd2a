"""Try every way of a fault, and note which promises were broken."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from faults.fault import Tries
from faults.table import Row

SPARE = 4 * 2**30  # bytes that a try may ask for


def attempt(part: str, most: int | None = None) -> Iterator[Row]:
    """Try every fault of a part, each in a folder and a process of its own.

    A process that has computed with PyTorch cannot be forked for a training.

    Args:
        part: Name of a module of ``faults``.
        most: How many ways of each fault to try, evenly spaced; all of them if None.
    """
    for number in range(len(import_module(f"faults.{part}").FAULTS)):
        with ProcessPoolExecutor(1, get_context("fork"), initializer=bound_memory) as pool:
            yield pool.submit(try_all, part, number, most).result()


def bound_memory() -> None:
    """Let what asks for gigabytes fail here, and not the machine."""
    have = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (have + SPARE,) * 2)


def try_all(part: str, number: int, most: int | None) -> Row:
    """Try the fault with this number in its part."""
    with tempfile.TemporaryDirectory() as folder:
        return _try_all(part, number, most, Path(folder))


def _try_all(part: str, number: int, most: int | None, folder: Path) -> Row:
    fault = import_module(f"faults.{part}").FAULTS[number]
    begin = time.perf_counter()
    tries = spaced(fault.tries(folder), most)
    broken = {}
    for name, attempt in tries.items():
        try:
            attempt()
        except Exception as error:  # whatever it is, it is not what was promised
            broken[name] = f"{type(error).__name__}: {error}"
    return Row(part, fault.name, fault.promise, len(tries), broken, time.perf_counter() - begin)


def spaced(tries: Tries, most: int | None) -> Tries:
    """Some of the ways to do a fault, evenly spaced among all."""
    names = list(tries)
    step = max(1, len(names) // (most or len(names)))
    return {name: tries[name] for name in names[::step][:most]}
