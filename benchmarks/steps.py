"""Training steps: what the Trainer adds, how near the arithmetic comes to the machine's ceiling."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from pytorch_lightning import LightningDataModule

from benchmarks.fits import cell_in, configuration, fit
from benchmarks.machine import ceilings
from benchmarks.networks import SUBJECTS, Subject, loss_of
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.models import EmotionClassifier
from ser.training.denormals import denormals_flushed
from ser.training.device import resolve_precision

EPOCHS = 3  # of a fit; the first is not counted
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
    for subject in subjects:
        if subject.steps > 2:
            found.append(overhead(subject, threads, rounds))
    return found


def overhead(subject: Subject, threads: int, rounds: int) -> Row:
    """An epoch of ``ser.train`` with validation and checkpoints, against a bare loop."""
    precision = resolve_precision("auto", "cpu")
    ways = {
        "ser": partial(trained, subject, precision),
        "bare loop": partial(loop, subject, precision),
    }
    times = in_turns(ways, rounds)
    what = f"{subject.name}: epoch of {subject.steps} steps, validation, checkpoint, {precision}"
    return compared(
        what, threads, times, "ser", "bare loop", scale=1000, unit="ms an epoch", goal="<= 1.05"
    )


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


def loop(subject: Subject, precision: str) -> float:
    """Seconds of an epoch of a bare loop: training, then validation as the Trainer does it."""
    network = subject.build()
    optimizer = network.configure_optimizers()
    autocast = partial(torch.autocast, "cpu", torch.bfloat16, enabled="bf16" in precision)
    seconds = []
    for _ in range(EPOCHS):
        begin = time.perf_counter()
        network.train()
        for batch in subject.loader():
            with autocast():
                loss = loss_of(network, batch)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        network.eval()
        with torch.inference_mode(), autocast():
            for features, lengths, target in subject.side():
                network.val_confusion.update(network(features, lengths), target)
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[1:])


def trained(subject: Subject, precision: str) -> float:
    """Seconds of an epoch of the Trainer that ``ser.train`` builds."""
    with tempfile.TemporaryDirectory() as folder:
        words = (f"output={folder}", f"trainer.max_epochs={EPOCHS}")
        cfg = configuration(*words, f"trainer.precision={precision}")
        _, seconds = fit(cfg, subject.build(), Sides(subject), cell_in(cfg))
    return seconds


class Sides(LightningDataModule):
    """Training and validation side of a subject."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.train_dataloader = subject.loader
        self.val_dataloader = subject.side


def _ceiling(ceiling: dict[str, float], threads: int) -> Row:
    return Row(
        "product of two matrices of 2048 x 2048, the ceiling",
        threads,
        {name: value / 1e9 for name, value in ceiling.items()},
        "GFLOP/s",
    )
