"""TensorBoard: event files in the folder of the fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.runs.configuration import flatten
from ser.training.tracking.tracker import Story, Tracker

FOLDER = "tensorboard"


class TensorBoard(Tracker):
    """Write curves, settings and test figures as ``tensorboard`` in the folder of each fold.

    ``tensorboard --logdir runs`` shows all folds of all runs.
    """

    package = "tensorboard"

    def begin(self, story: Story) -> None:
        """Open an event file; what was noted of epochs that are trained again is dropped."""
        from torch.utils.tensorboard import SummaryWriter

        self.story = story
        self.writer: Any = SummaryWriter(str(story.folder / FOLDER), purge_step=story.epoch or None)
        settings = flatten(story.settings).items()
        self.writer.add_text(
            "settings", "\n".join(f"    {key}: {value}" for key, value in settings)
        )

    def note(self, figures: Mapping[str, float], epoch: int) -> None:
        """Add a point to each curve."""
        for name, value in figures.items():
            self.writer.add_scalar(name, value, epoch)

    def end(self, figures: Mapping[str, float], state: str) -> None:
        """Add facts and test figures, as its page of hyper-parameters shows them."""
        from torch.utils.tensorboard import summary

        self.note(figures, 0)
        facts = {**self.story.facts, "state": state}
        plain = {key: str(value) for key, value in facts.items()}
        written: Any = summary.hparams
        for part in written(plain, dict.fromkeys(figures, 0.0)):
            self.writer.file_writer.add_summary(part)
        self.writer.close()
