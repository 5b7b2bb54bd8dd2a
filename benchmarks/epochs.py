"""An epoch of the Trainer that ``ser.train`` builds, beside a bare loop over the same batches."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from pytorch_lightning import Callback, LightningDataModule, Trainer

from benchmarks.fits import cell_in, configuration, fit
from benchmarks.networks import SUBJECTS, Subject, loss_of
from benchmarks.row import Row, compared
from ser.augment import Augmentation
from ser.training.denormals import denormals_flushed
from ser.training.device import resolve_precision
from ser.training.recordable import resolve_record
from ser.training.sealed import KeptCheckpoints

EPOCHS = 11  # of a fit; the first is not counted
NETWORKS = ("cnn1d", "cnn1d_lstm", "lstm")  # the others' steps take seconds, and hide the rest


@denormals_flushed()
def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    subjects = [SUBJECTS[name] for name in (NETWORKS[-1:] if quick else NETWORKS)]
    return [overhead(subject, threads, rounds) for subject in subjects]


def overhead(subject: Subject, threads: int, rounds: int) -> Row:
    """An epoch of ``ser.train`` with validation and snapshots, against a bare loop."""
    precision = resolve_precision("auto", "cpu")
    found = [trained(subject, precision) for _ in range(rounds)]
    times = {"ser": [turns.ours for turns in found], "bare loop": [turns.bare for turns in found]}
    what = f"{subject.name}: epoch of {subject.steps} steps, validation, snapshots, {precision}"
    return compared(
        what, threads, times, "ser", "bare loop", scale=1000, unit="ms an epoch", goal="<= 1.05"
    )


class Turns(Callback):
    """Before each epoch of the Trainer one of the bare loop, so that both meet an equal machine."""

    def __init__(self, loop: Callable[[], None]) -> None:
        self.loop = loop
        self.times: list[float] = []  # when the loop began and ended, and began again

    def on_train_epoch_start(self, trainer: Trainer, *_: Any) -> None:
        """Go through an epoch of the loop."""
        self._note_time(trainer)
        self.loop()
        self.times.append(time.perf_counter())

    def on_train_end(self, trainer: Trainer, *_: Any) -> None:
        """Note when the last epoch ended."""
        self._note_time(trainer)

    def _note_time(self, trainer: Trainer) -> None:
        """Note it once snapshots are written: no thread may take the loop's time."""
        checkpoints = trainer.strategy.checkpoint_io
        if isinstance(checkpoints, KeptCheckpoints):
            checkpoints.finish()
        self.times.append(time.perf_counter())

    @property
    def bare(self) -> float:
        """Seconds of an epoch of the loop."""
        return statistics.mean(self._seconds[2::2])

    @property
    def ours(self) -> float:
        """Seconds of an epoch of the Trainer."""
        return statistics.mean(self._seconds[3::2])

    @property
    def _seconds(self) -> list[float]:
        """Those of the loop and of the Trainer, by turns."""
        return [end - begin for begin, end in pairwise(self.times)]


def trained(subject: Subject, precision: str) -> Turns:
    """Train with what ``ser.train`` builds, in turns with a bare loop."""
    turns = Turns(loop(subject, precision))
    with tempfile.TemporaryDirectory() as folder:
        words = (f"output={folder}", f"trainer.max_epochs={EPOCHS}")
        cfg = configuration(*words, f"trainer.precision={precision}")
        network = subject.build()
        record = resolve_record("cpu", type(network), Augmentation(), cfg.trainer)
        fit(cfg, network, Sides(subject), cell_in(cfg), turns, record=record)
    return turns


def loop(subject: Subject, precision: str) -> Callable[[], None]:
    """An epoch of a bare loop: training, then validation as the Trainer does it."""
    network = subject.build()
    optimizer = network.configure_optimizers()
    autocast = partial(torch.autocast, "cpu", torch.bfloat16, enabled="bf16" in precision)

    def epoch() -> None:
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

    return epoch


class Sides(LightningDataModule):
    """Training and validation side of a subject."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.train_dataloader = subject.loader
        self.val_dataloader = subject.side
