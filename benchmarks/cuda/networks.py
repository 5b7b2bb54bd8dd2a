"""Every network at its published size: kernels alone, recorded steps, epochs of the Trainer."""

from __future__ import annotations

import gc
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

from benchmarks.cuda.table import LATE, add, say
from benchmarks.epochs import Sides
from benchmarks.fits import cell_in, configuration, fit
from benchmarks.networks import SUBJECTS, Subject, loss_of
from ser.data.epochs import Epoch
from ser.training.messages import quieten
from ser.training.recording import RecordedSteps

BATCH, STEPS = 32, 14
DEVICE = "cuda"
LIGHT = ("cnn1d", "cnn1d_lstm", "lstm", "resnet", "resnet50", "cnn2d", "cnn2d_lstm")
EPOCHS = {"cnn2d": 6, "cnn2d_lstm": 4}
PROFILED = 3  # steps
ACTIVITIES = (ProfilerActivity.CPU, ProfilerActivity.CUDA)


def main(lines: Path, folder: Path, seconds: float) -> None:
    """Measure one network after the other, the light ones first."""
    quieten()
    end = time.monotonic() + seconds
    for name in LIGHT:
        if time.monotonic() >= end:
            add(lines, "networks", name, result=LATE)
            continue
        subject = replace(SUBJECTS[name], batch=BATCH, steps=STEPS)
        try:
            row = measure(subject, folder / name, end)
        except Exception as error:  # the next one may do better
            traceback.print_exc()
            add(lines, "networks", name, result=f"{type(error).__name__}: {error}"[:300])
        else:
            add(lines, "networks", name, **row)
        gc.collect()
        torch.cuda.empty_cache()


def measure(subject: Subject, folder: Path, end: float) -> dict[str, Any]:
    """Milliseconds a step, by ways to take it; the slowest way only while there is time."""
    torch.cuda.reset_peak_memory_stats()
    step, side = kernels(subject)
    replays = Replays()
    trainer = trained(subject, folder / "recorded", replays, record=True)
    whole = step + side / subject.steps
    found = {
        "kernels": whole,
        "recorded": replays.milliseconds,
        "trainer": 1000 * trainer / subject.steps,
        "ratio": 1000 * trainer / subject.steps / whole,
        "memory": torch.cuda.max_memory_allocated() / 2**30,
    }
    if time.monotonic() + 12 * trainer * EPOCHS.get(subject.name, 8) < end:
        plain = trained(subject, folder / "plain", record=False)
        found["unrecorded"] = 1000 * plain / subject.steps
    return found


def kernels(subject: Subject) -> tuple[float, float]:
    """Milliseconds of the kernels of a training step, and of a validation side."""
    network = subject.build().cuda().train()
    optimizer = network.configure_optimizers()
    batch = [part.cuda() for part in next(iter(subject.loader()))]
    side = [part.cuda() for part in next(iter(subject.side()))]

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast("cuda", torch.bfloat16, cache_enabled=False):
            loss = loss_of(network, batch)
        loss.backward()
        optimizer.step()

    def judge() -> None:
        with torch.inference_mode(), torch.autocast("cuda", torch.bfloat16, cache_enabled=False):
            network(*side[:2])

    training = busy(step)
    network.eval()
    return training, busy(judge)


def busy(work: Callable[[], None]) -> float:
    """Milliseconds that a device computes for some work."""
    for _ in range(2):
        work()
    torch.cuda.synchronize()
    with profile(activities=ACTIVITIES, acc_events=True) as profiler:
        for _ in range(PROFILED):
            work()
        torch.cuda.synchronize()
    events = [e for e in profiler.events() or () if e.device_type == DeviceType.CUDA]
    own = [e for e in events if not (e.is_user_annotation or e.name.startswith("Optimizer."))]
    return sum(e.time_range.elapsed_us() for e in own) / PROFILED / 1000


class Replays(Callback):
    """Milliseconds of a recorded step, replayed without the Trainer after the training."""

    def __init__(self) -> None:
        self.epoch: Any = None
        self.milliseconds = float("nan")

    def on_train_batch_start(
        self, trainer: Trainer, _: LightningModule, batch: Any, __: int
    ) -> None:
        """Keep an epoch."""
        self.epoch = batch

    def on_train_end(self, trainer: Trainer, _: LightningModule) -> None:
        """Take its steps again and again."""
        strategy = trainer.strategy
        if not (isinstance(strategy, RecordedSteps) and isinstance(self.epoch, Epoch)):
            say("  the steps were not recorded")
            return
        training: Any = strategy.training
        times = []
        for _ in range(3):
            torch.cuda.synchronize()
            begin = time.perf_counter()
            for rows, frames in zip(self.epoch.rows, self.epoch.frames, strict=True):
                training.step(rows, frames)
            torch.cuda.synchronize()
            times.append(time.perf_counter() - begin)
        self.milliseconds = 1000 * statistics.median(times) / len(self.epoch.rows)


def trained(subject: Subject, folder: Path, *more: Callback, record: bool) -> float:
    """Seconds of an epoch of the Trainer that ``ser.train`` builds: validation, figures and all."""
    words = (f"output={folder}", f"trainer.max_epochs={EPOCHS.get(subject.name, 12)}")
    cfg = configuration(*words, f"trainer={DEVICE}")
    network, data = subject.build(), Sides(subject)
    _, seconds = fit(cfg, network, data, cell_in(cfg), *more, record=record)
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
