"""Inputs that nobody thought of, as ``fuzz`` draws them: the same ones each time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from faults.fault import Fault, Tries
from fuzz.target import Target, every_target
from fuzz.trying import attempt, drawn

COUNT = 200  # inputs of each target


def _tries(target: Target, folder: Path) -> Tries:
    target.prepare(folder)
    inputs = enumerate(drawn(target, COUNT))
    return {
        f"input {k} ({given!r:.200})": partial(attempt, target, folder, given)
        for k, given in inputs
    }


WELL = "accepted, or refused in a sentence, within seconds and 4 GB of memory"
FAULTS = tuple(Fault(f"{t.name}, drawn", WELL, partial(_tries, t)) for t in every_target())
