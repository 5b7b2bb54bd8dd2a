"""The learning curve of a fold, which goes on where an interrupted training does."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.loggers import CSVLogger
from pytorch_lightning.loggers.csv_logs import ExperimentWriter

from ser.errors import DamageError
from ser.runs.files import read_bytes, write_text
from ser.training.processes import is_first

Line = Mapping[str, str]


class Writer(ExperimentWriter):
    """What writes the figures of epochs, below those that a file has."""

    def _check_log_dir_exists(self) -> None:
        """Keep what is there; ``CurveLogger.begin_at`` removes what is trained again."""


class CurveLogger(CSVLogger):
    """Figures of each epoch as ``metrics.csv``; those of an interrupted training are kept.

    Args:
        save_dir: Folder of the fold.
        name: Folder within it.
        version: Folder within that.
    """

    def __init__(
        self, save_dir: str, name: str | None = "", version: int | str | None = "csv"
    ) -> None:
        super().__init__(save_dir, name, version)

    @property
    def experiment(self) -> ExperimentWriter:
        """What writes; ``CSVLogger`` has one that first removes the file."""
        if self._experiment is None and is_first():
            self._experiment = Writer(self.log_dir)
        writer: ExperimentWriter = super().experiment
        return writer

    def begin_at(self, epoch: int) -> None:
        """Drop the figures of epochs that are to come, and what was written by half.

        Args:
            epoch: First epoch to be trained, counted from 0.
        """
        path = Path(self.experiment.metrics_file_path)
        lines = _before(epoch, path)
        if not lines:
            path.unlink(missing_ok=True)
            return
        self.experiment.metrics_keys = list(lines[0])
        write_text(path, _csv(lines))


class CurveGoesOn(Callback):
    """Let the curve of a fold begin at the epoch at which its training does."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin, or go on."""
        if not trainer.is_global_zero:
            return
        for logger in trainer.loggers:
            if isinstance(logger, CurveLogger):
                logger.begin_at(trainer.current_epoch)


def _before(epoch: int, path: Path) -> list[Line]:
    """Whole lines of a file that are of earlier epochs; none where there is no such file."""
    if epoch == 0 or not path.exists():
        return []
    try:
        text = read_bytes(path).decode(errors="replace")
        lines = list(csv.DictReader(io.StringIO(text.rpartition("\n")[0], newline="")))
    except (DamageError, csv.Error):  # no figure comes from it
        return []
    return [line for line in lines if None not in line.values() and _number(line) < epoch]


def _number(line: Line) -> float:
    try:
        return int(line.get("epoch", ""))
    except (ValueError, TypeError):
        return float("inf")


def _csv(lines: Iterable[Line]) -> str:
    whole = list(lines)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(whole[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(whole)
    return text.getvalue()
