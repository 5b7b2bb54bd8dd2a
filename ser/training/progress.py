"""Progress of a fold: which one of how many, its epochs, and the time that all will take."""

from __future__ import annotations

import time

from pytorch_lightning import Callback, LightningModule, Trainer
from rich.progress import BarColumn, Progress, TextColumn

from ser.runs.cell import Cell
from ser.system.counted import counted
from ser.system.terminal import EVERY, Terminal
from ser.training.schedule import rest


class FoldProgress(Callback):
    """Show a bar over the epochs of a fold; a log file gets a line a minute, and one at its end.

    Args:
        title: What is trained.
        cell: Where it goes.
    """

    def __init__(self, title: str, cell: Cell) -> None:
        self.cell = cell
        self.title = title
        self.terminal = Terminal(stderr=True)
        self.best = 0.0
        self.figures = "trained before"
        self.said = time.monotonic()
        self.bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("epoch {task.completed}/{task.total}{task.fields[figures]}", markup=False),
            console=self.terminal,
            transient=True,
            disable=not self.terminal.live,
        )

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Open the bar."""
        self.bar.disable = self.bar.disable or not trainer.is_global_zero
        self.bar.start()
        self.task = self.bar.add_task(self.title, total=trainer.max_epochs, figures="")
        self.bar.update(self.task, completed=trainer.current_epoch)
        self.first = trainer.current_epoch
        self.said = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Move the bar on, and now and then say how far the fold is."""
        figures = f"loss {float(trainer.callback_metrics['train/loss']):.3f}"
        if "val/uar" in trainer.callback_metrics:
            now = float(trainer.callback_metrics["val/uar"])
            self.best = max(self.best, now)
            figures += f", validation UAR {now:.1%}, best {self.best:.1%}"
        self.figures = figures
        done, left = trainer.current_epoch + 1, self._rest(trainer)
        self.bar.update(self.task, completed=done, figures=f", {figures}{left}")
        if self.bar.disable and trainer.is_global_zero and time.monotonic() - self.said >= EVERY:
            self.said = time.monotonic()
            self.terminal.say(f"{self.title}: epoch {done}/{trainer.max_epochs}, {figures}{left}")

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Close the bar and leave its last line."""
        self.bar.stop()
        if trainer.is_global_zero:
            epochs, left = trainer.current_epoch, rest(self._share(1.0))
            self.terminal.say(f"{self.title}: {counted(epochs, 'epoch')}, {self.figures}{left}")

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Give the terminal back."""
        self.bar.stop()

    def _rest(self, trainer: Trainer) -> str:
        last = trainer.max_epochs or 0
        done = trainer.current_epoch + 1 - self.first
        whole = last - self.first
        return rest(self._share(done / whole) if whole > 0 else None)

    def _share(self, done: float) -> float | None:
        """Share of the cell that is done, where this training is all of it."""
        return done if self.cell.inner is None and not self.cell.part else None
