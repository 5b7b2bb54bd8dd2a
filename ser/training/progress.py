"""One line of progress for a fold: epochs done and the validation UAR."""

from __future__ import annotations

from pytorch_lightning import Callback, LightningModule, Trainer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class FoldProgress(Callback):
    """Show a bar over the epochs of a fold; a log file gets one line a fold instead.

    Args:
        title: What is trained.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.console = Console(stderr=True)
        self.best = 0.0
        self.figures = "trained before"
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("epoch {task.completed}/{task.total} {task.fields[figures]}"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Open the bar."""
        self.bar.disable = self.bar.disable or not trainer.is_global_zero
        self.bar.start()
        self.task = self.bar.add_task(self.title, total=trainer.max_epochs, figures="")
        self.bar.update(self.task, completed=trainer.current_epoch)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Move the bar on."""
        figures = f"loss {float(trainer.callback_metrics['train/loss']):.3f}"
        if "val/uar" in trainer.callback_metrics:
            now = float(trainer.callback_metrics["val/uar"])
            self.best = max(self.best, now)
            figures += f", validation UAR {now:.1%}, best {self.best:.1%}"
        self.bar.update(self.task, completed=trainer.current_epoch + 1, figures=figures)
        self.figures = figures

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Close the bar and leave its last line."""
        self.bar.stop()
        if trainer.is_global_zero:
            self.console.print(
                f"{self.title}: {trainer.current_epoch} epochs, {self.figures}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Give the terminal back."""
        self.bar.stop()
