"""Training steps: how near their arithmetic comes to the machine's ceiling."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import torch

from benchmarks.machine import ceilings
from benchmarks.networks import SUBJECTS, Subject, loss_of
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.models import EmotionClassifier
from ser.training.denormals import denormals_flushed

QUICK = ("lstm",)
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


@denormals_flushed()
def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    ceiling = ceilings()
    subjects = [SUBJECTS[name] for name in (QUICK if quick else SUBJECTS)]
    found = [_ceiling(ceiling, threads)]
    for subject in subjects:
        found += shares(subject, threads, rounds, ceiling)
    return found


def shares(subject: Subject, threads: int, rounds: int, ceiling: dict[str, float]) -> list[Row]:
    """FLOP/s of a step in both precisions, beside the ceiling and each other."""
    work = subject.work()
    ways = {name: stepper(subject, kind) for name, kind in PRECISIONS.items()}
    times = in_turns(ways, rounds)
    found = [
        Row(
            f"{subject.name}: step of {subject.batch}, {work / 1e9:.3g} GFLOP, {name}",
            threads,
            {"ser": work / statistics.median(times[name]) / 1e9, "ceiling": ceiling[name] / 1e9},
            "GFLOP/s",
            "share of ceiling",
            [work / seconds / ceiling[name] for seconds in times[name]],
        )
        for name in PRECISIONS
    ]
    gain = compared(
        f"{subject.name}: what bf16 gains", threads, times, "fp32", "bf16", scale=1000,
        unit="ms a step",
    )  # fmt: skip
    return [*found, gain]


def stepper(
    subject: Subject, kind: torch.dtype, network: EmotionClassifier | None = None, **adam: Any
) -> Callable[[], None]:
    """One training step, forward to optimiser, without a Trainer.

    Args:
        subject: Network and batch.
        kind: Type that autocast computes in.
        network: Network to train, instead of the one that the subject builds.
        adam: Options of the optimiser that differ.
    """
    network = (network or subject.build()).train()
    optimizer = network.configure_optimizers()
    for group in optimizer.param_groups:
        group.update(adam)
    batch = next(iter(subject.loader()))

    def run() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=kind is torch.bfloat16):
            loss = loss_of(network, batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    return run


def _ceiling(ceiling: dict[str, float], threads: int) -> Row:
    return Row(
        "product of two matrices of 2048 x 2048, the ceiling",
        threads,
        {name: value / 1e9 for name, value in ceiling.items()},
        "GFLOP/s",
    )
