"""The parts of the benchmark, and one of them in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import torch


@dataclass(frozen=True)
class Part:
    """A part of the benchmark; its module has the same name.

    Args:
        title: Heading of its table.
        threads: Numbers of cores that it is measured on.
    """

    title: str
    threads: tuple[int, ...]


PARTS = {
    "front_ends": Part("Front ends", (1, 2)),
    "augmentation": Part("Augmentation", (1, 2)),
    "steps": Part("Training steps", (1, 2)),
    "epochs": Part("Epochs", (1, 2)),
    "levers": Part("Levers", (2,)),
    "lengths": Part("Batches of like length", (2,)),
    "published_way": Part("The published way", (2,)),
    "nkululeko": Part("Beside nkululeko", (2,)),
    "whole_jobs": Part("Whole jobs", (2,)),
    "predictions": Part("Predictions", (1,)),
    "scale": Part("Scale", (2,)),
    "exported": Part("Exported models", (1,)),
}


def main(name: str, threads: str, rounds: str, quick: str, output: str) -> None:
    """Measure one part on some cores and write its lines."""
    cores = sorted(os.sched_getaffinity(0))[: int(threads)]
    os.sched_setaffinity(0, cores)
    torch.set_num_threads(len(cores))
    found = import_module(f"benchmarks.{name}").rows(int(threads), int(rounds), quick == "1")
    Path(output).write_text(json.dumps([asdict(row) for row in found]), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
