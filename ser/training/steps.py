"""The steps of a training and the batches of a validation side, a whole epoch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ser.data.epochs import Epoch
from ser.training.graphs import Tensors
from ser.training.seeds import seed_step
from ser.training.whole_epochs import WholeEpochs


class Training:
    """Steps of a training.

    Args:
        strategy: Network, optimiser, precision and device.
        epoch: Any epoch of it.
    """

    def __init__(self, strategy: WholeEpochs, epoch: Epoch) -> None:
        self.strategy = strategy
        self.network = strategy.network
        self.trainer = strategy.network.trainer
        self.corpus = epoch.corpus
        (self.optimizer,) = strategy.optimizers
        self.changes = strategy.changes()
        generator = None if self.changes is None else self.changes.generator
        self.step = strategy.calls(self._step, self.optimizer, generator)

    def epoch(self, epoch: Epoch) -> Tensor:
        """Take the steps of an epoch; gives their losses, ``(steps,)``."""
        first, device = self.trainer.global_step, self.strategy.root_device
        losses = []
        with _beside(device):
            for i, (rows, frames) in enumerate(zip(epoch.rows, epoch.frames, strict=True)):
                if i:
                    self._count()
                self._seed(first + i, device)
                (loss,) = self.step(rows, frames)
                losses.append(loss.clone())
                if device.type == "cpu" and not loss.isfinite():
                    break  # the rest would be in vain: StayFinite says which step it was
            self._log(losses, epoch.sizes[: len(losses)])
        return torch.stack(losses)

    def _seed(self, step: int, device: torch.device) -> None:
        """Seed all chance of a step, which a recording cannot do by itself."""
        seed_step(self.strategy.seed, step, device)
        if self.changes is not None:
            self.changes.begin(step)

    def _step(self, rows: Tensor, frames: int) -> Tensors:
        """What Lightning does in a step, in its order."""
        plugin: Any = self.strategy.precision_plugin
        batch = self.corpus.batch(rows, frames)
        if self.changes is not None:
            batch = self.changes(batch)
        with plugin.train_step_context():
            loss = self.network.training_loss(batch)
        self.optimizer.zero_grad()
        scaler = getattr(plugin, "scaler", None)
        (loss if scaler is None else scaler.scale(loss)).backward()
        self._clip()
        if scaler is None:
            self.optimizer.step()
        else:
            scaler.step(self.optimizer)
            scaler.update()
        return (loss.detach(),)

    def _clip(self) -> None:
        limit, algorithm = self.trainer.gradient_clip_val, self.trainer.gradient_clip_algorithm
        self.network.configure_gradient_clipping(self.optimizer, limit, algorithm)

    def _count(self) -> None:
        """Count a step of which Lightning knows nothing; it counts the last of an epoch itself."""
        loop = self.trainer.fit_loop.epoch_loop
        loop._batches_that_stepped += 1  # what a logger calls the step
        progress = loop.automatic_optimization.optim_progress.optimizer.step
        progress.increment_ready()
        progress.increment_completed()
        for config in self.trainer.lr_scheduler_configs:
            if config.interval == "step" and not config.reduce_on_plateau:
                config.scheduler.step()  # type: ignore[call-arg]  # of a plateau alone

    def _log(self, losses: list[Tensor], sizes: list[int]) -> None:
        loss = mean(losses, sizes)
        self.network.log("train/loss", loss, on_epoch=True, on_step=False, batch_size=1)


class Judging:
    """Batches of a validation side.

    Args:
        strategy: Network, precision and device.
        epoch: Any epoch of it.
    """

    def __init__(self, strategy: WholeEpochs, epoch: Epoch) -> None:
        self.strategy = strategy
        self.network = strategy.network
        self.corpus = epoch.corpus
        self.judge = strategy.calls(self._judge)
        self.network.val_confusion.cpu()

    def epoch(self, epoch: Epoch) -> None:
        """Add a whole side to the validation figures."""
        losses, answers = [], []
        with _beside(self.strategy.root_device):
            for rows, frames in zip(epoch.rows, epoch.frames, strict=True):
                loss, answer = self.judge(rows, frames)
                losses.append(loss.clone())
                answers.append(answer.clone())
            targets = self.corpus.targets[torch.cat(epoch.rows)]
            loss = mean(losses, epoch.sizes)
        # The device is waited for once: what follows are dozens of operations on a few numbers.
        self.network.val_confusion.update(torch.cat(answers).cpu(), targets.cpu())
        self.network.log("val/loss", loss.cpu(), batch_size=1)

    def _judge(self, rows: Tensor, frames: int) -> Tensors:
        features, lengths, target = self.corpus.batch(rows, frames)
        with self.strategy.precision_plugin.val_step_context():
            logits = self.network(features, lengths)
            loss = functional.cross_entropy(logits, target)
        return loss, logits.argmax(1)


def mean(losses: list[Tensor], sizes: list[int]) -> Tensor:
    """Mean over utterances, summed as Lightning sums what is logged step by step."""
    total = torch.zeros_like(losses[0])
    for loss, size in zip(losses, sizes, strict=True):
        total = total + loss * size
    return total / sum(sizes)


@contextmanager
def _beside(device: torch.device) -> Iterator[None]:
    """Work on a stream of its own, as recordings have to."""
    if device.type != "cuda":
        yield
        return
    before = torch.cuda.current_stream(device)
    stream = _stream(device)
    stream.wait_stream(before)
    with torch.cuda.stream(stream):
        yield
    before.wait_stream(stream)


@cache
def _stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
