"""What an interrupted fold is continued from, and whether it can be."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from torch import nn

from ser.data.fold_data import FoldData
from ser.errors import RunError
from ser.runs.cell import Cell
from ser.runs.layout import BEST, CHECKPOINTS, IDENTITY, LAST
from ser.runs.marker import read_identity
from ser.training.messages import say
from ser.training.processes import is_first
from ser.training.sealed import KeptCheckpoints, SealedCheckpoints

MONITOR = "val/uar"
DAMAGED = ".damaged"


class Snapshot(ModelCheckpoint):
    """One file that is written again and again, and is known wherever its folder is moved to.

    Args:
        settings: Of ``ModelCheckpoint``.
        every: Seconds of training after which this snapshot is taken and all of them are brought
            to the disk, which also happens at the end; None: whenever it is better than before,
            and then it stays in memory until another one brings it to the disk.
    """

    def __init__(self, *settings: Any, every: float | None = None, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.every = every
        self.written = time.monotonic()

    @property
    def path(self) -> Path:
        """The file."""
        return Path(str(self.dirpath), f"{self.filename}{self.FILE_EXTENSION}")

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin to count the time."""
        super().on_train_start(trainer, pl_module)
        self.written = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take a snapshot where it is due."""
        if self.every is None:
            super().on_train_epoch_end(trainer, pl_module)
            return
        due = _ends(trainer) or time.monotonic() - self.written >= self.every
        if trainer.strategy.reduce_boolean_decision(due, all=False):  # clocks differ
            super().on_train_epoch_end(trainer, pl_module)
            self._write(trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the last snapshot of a training that ended before its time."""
        if self.every is not None and self._last_global_step_saved < trainer.global_step:
            super().on_train_epoch_end(trainer, pl_module)
            self._write(trainer)

    def _write(self, trainer: Trainer) -> None:
        checkpoints = trainer.strategy.checkpoint_io
        if isinstance(checkpoints, KeptCheckpoints):
            checkpoints.write()
            if not self.every:
                checkpoints.finish()
        self.written = time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        """State of ``ModelCheckpoint``, and the step at which the file was written last."""
        return {**super().state_dict(), "step": self._last_global_step_saved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the state back, with the paths that are right now."""
        here = str(self.path)
        paths = ("best_model_path", "kth_best_model_path", "last_model_path")
        moved = {key: here for key in paths if state_dict[key]}
        scores = dict.fromkeys(state_dict["best_k_models"] and [here], state_dict["kth_value"])
        super().load_state_dict(
            {**state_dict, **moved, "best_k_models": scores, "dirpath": self.dirpath}
        )


class Patience(EarlyStopping):
    """Early stopping that stays stopped: a training that had ended is not continued."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop before another epoch where patience had come to its end."""
        trainer.should_stop = self.wait_count > 0 and self.wait_count >= self.patience


def _ends(trainer: Trainer) -> bool:
    """Whether this epoch is the last one, where that is known by then."""
    return trainer.should_stop or trainer.current_epoch + 1 == trainer.max_epochs


def checkpointing(
    cell: Cell, validation: bool, patience: int | None, every: float = 20.0
) -> list[Callback]:
    """Callbacks that keep the last epoch, and with validation the best by UAR.

    Args:
        cell: Place of the training.
        validation: Whether epochs are judged on a validation side.
        patience: Epochs without a better figure after which training stops; None for never.
        every: Seconds between two snapshots, the most that an interruption costs; 0 writes one
            after each epoch.
    """
    folder = cell.folder / CHECKPOINTS
    whole: dict[str, Any] = {"enable_version_counter": False, "save_on_train_epoch_end": True}
    last = Snapshot(folder, filename=LAST, every=every, **whole)
    if not validation:
        return [last]
    best = Snapshot(
        folder, filename=BEST, monitor=MONITOR, mode="max", save_weights_only=True, **whole
    )
    stop: list[Callback] = []
    if patience is not None:
        stop = [Patience(MONITOR, mode="max", patience=patience, check_on_train_epoch_end=True)]
    return [*stop, best, last]  # last comes last, so that it holds the state of the others


def owner_of(cell: Cell, data: FoldData) -> str:
    """What the checkpoints of a training belong to: configuration, fold, seed, and its data."""
    identity = read_identity(cell.run) if (cell.run / IDENTITY).exists() else {}
    parts = (cell.part, cell.draws) if cell.part else ()
    place = (cell.fold, cell.seed, cell.inner, *parts)
    learnt = [
        (str(row), row.emotion) for side in ("train", "validation") for row in data.rows(side)
    ]
    return json.dumps([identity, place, learnt, sorted(data.learnt_from())], sort_keys=True)


def continue_from(
    cell: Cell, keeper: Snapshot, network: nn.Module, checkpoints: SealedCheckpoints
) -> Path | None:
    """Checkpoint that a training is continued from; None where it begins anew.

    What is there and cannot be continued from is put aside, with a sentence.

    Args:
        cell: Place of the training.
        keeper: What writes the checkpoint that is chosen in the end.
        network: Network to be trained.
        checkpoints: What reads them.
    """
    last = cell.last_checkpoint
    if not last.exists():
        return None
    try:
        state = _fitting(last, network, checkpoints)
        chosen = _fitting(keeper.path, network, checkpoints)
        _check_age(keeper, chosen, state)
    except RunError as error:
        if is_first():
            _put_aside(error, last, keeper.path)
        return None
    return last


def _fitting(path: Path, network: nn.Module, checkpoints: SealedCheckpoints) -> dict[str, Any]:
    checkpoint = checkpoints.load_checkpoint(path)
    there, here = checkpoint["state_dict"], network.state_dict()
    if {k: v.shape for k, v in there.items()} != {k: v.shape for k, v in here.items()}:
        raise RunError(f"{path} holds the weights of another network")
    return checkpoint


def _check_age(keeper: Snapshot, chosen: dict[str, Any], state: dict[str, Any]) -> None:
    if chosen["global_step"] < state["callbacks"][keeper.state_key]["step"]:
        raise RunError(f"{keeper.path} is older than the last epoch says")


def _put_aside(error: RunError, *paths: Path) -> None:
    """Move checkpoints out of the way under names that are free, and say so."""
    aside = []
    for path in dict.fromkeys(paths):
        if path.exists():
            free = path.with_name(f"{path.name}{DAMAGED}")
            while free.exists():
                free = free.with_name(f"{free.name}+")
            aside.append(path.rename(free).name)
    say(f"{error}: put aside as {' and '.join(aside)}; this fold begins anew.", error=True)
