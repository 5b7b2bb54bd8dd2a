"""Train cells, one after the other: claimed, skipped when they are done, their failures noted."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from ser.data import CorpusDataModule
from ser.data.fold_data import FoldData
from ser.errors import StorageError, storage_errors
from ser.folds.fold import SIDES
from ser.models.seal import sealed
from ser.runs.cell import Cell
from ser.runs.checked import damage
from ser.runs.claim import ClaimedError, claim
from ser.runs.contents import Contents
from ser.runs.failure import forget_failure, read_failure, write_failure
from ser.runs.files import write_bytes, write_json
from ser.runs.kept import is_marked
from ser.runs.layout import DONE, ERROR, FOLDS, IDENTITY, KEPT, MODEL
from ser.runs.marker import model_damage
from ser.runs.predictions import stamped
from ser.runs.record import finish, is_done, open_run
from ser.runs.sides import sides_content
from ser.system.terminal import lasting
from ser.training.environment import environment
from ser.training.fusion import FusionLearner
from ser.training.identity import contents_of
from ser.training.learner import Learner, Outcome
from ser.training.leftovers import clear, remove_snapshots
from ser.training.messages import say
from ser.training.processes import is_first
from ser.training.schedule import rest, title_of
from ser.training.tracking.folds import noted


class Work:
    """Fill the cells of a run.

    Args:
        config: Resolved configuration of the run, whatever fold it asks for.
        data: Its corpus and folds.
        learner: What is trained.
    """

    def __init__(self, config: Mapping[str, Any], data: CorpusDataModule, learner: Learner) -> None:
        self.config = config
        self.data = data
        self.learner = learner
        self.found = 0  # cells of those asked for that were finished before

    @cached_property
    def contents(self) -> Contents:
        """What decides the figures beside the configuration."""
        parts = self.learner.parts if isinstance(self.learner, FusionLearner) else {}
        others = {f"model.parts.{name}.features": p.data.front_end for name, p in parts.items()}
        return contents_of(self.config, self.data.folds, others)

    def prepare(self, cells: Sequence[Cell]) -> None:
        """Extract what open cells are trained on: files that cannot be used are named once.

        Raises:
            RunError: If the run holds folds of something else, which no extraction waits for.
            AudioError: If files cannot be used; names all of them.
        """
        self.found = 0
        kept = not self.config["trainer"]["fast_dev_run"] and is_first()
        if kept and any((cells[0].run / name).exists() for name in (IDENTITY, KEPT)):
            open_run(cells[0].run, self.config, self.contents)
        waiting = [cell for cell in cells if not (kept and is_marked(cell.folder))]
        try:
            _ = self.data.folds.prepared if waiting else None
        except Exception as error:
            for cell in waiting if kept else ():
                with suppress(StorageError):  # of a full disk, say, which the error is of
                    write_failure(cell.folder, error)
            raise

    def attempt(self, cell: Cell, *, alone: bool) -> str:
        """Train a cell, and write down why if it fails, so that other cells go on.

        Args:
            cell: What to train.
            alone: Whether it is the only cell that was asked for.

        Returns:
            Why it failed, in one line; empty if it did not.

        Raises:
            Exception: Whatever ended it, if it is alone.
        """
        if self.config["trainer"]["fast_dev_run"] or not is_first():
            self.train(cell)
            return ""
        open_run(cell.run, self.config, self.contents)
        if is_done(cell, self.config):
            self.found += 1
            clear(cell)
            return ""
        if fault := damage(cell.folder) or model_damage(cell.folder / MODEL):
            say(f"DAMAGED {fault}", error=True)
        failure = read_failure(cell.folder)
        if failure and not self.config["retry"]:
            return _report(cell, failure)
        try:
            with storage_errors(), claim(cell.folder):
                forget_failure(cell.folder)
                self.train(cell)
        except ClaimedError as error:
            say(str(error), error=True)
        except Exception as error:
            with suppress(StorageError):  # of a full disk, say, which the error is of
                write_failure(cell.folder, error)
            if alone:
                raise
            return _report(cell, f"{type(error).__name__}: {error}")
        return ""

    def train(self, cell: Cell) -> None:
        """Train and test a cell, and before it the inner folds within it."""
        for inner in range(self.data.folds.regime.inner):
            self._train_one(cell.within(inner))
        self._train_one(cell)

    def _train_one(self, cell: Cell) -> None:
        kept = not self.config["trainer"]["fast_dev_run"]
        if kept and is_done(cell, self.config):
            if is_first():
                remove_snapshots(cell.folder)
            return
        fold_data = self.data.folds.fold(cell.fold, cell.inner)
        if kept:
            sides = sides_content(
                self.data.folds.regime.name, cell, fold_data.fold, fold_data.rows, fold_data.stamp
            )
            (cell.folder / DONE).unlink(missing_ok=True)
            write_json(cell.folder / FOLDS, sides, durable=False)
        environment()  # what may go wrong there had better do so before the training
        begin = time.perf_counter()
        with noted(self.config, cell, fold_data) as note:
            outcome = self.learner.fit(fold_data, cell)
            seconds = time.perf_counter() - begin
            if outcome is not None:
                note.judged(outcome)
        if outcome is not None:
            _keep(cell, outcome, fold_data, seconds)
            if "epochs" not in outcome.facts:  # what has some says more itself
                line = f"{title_of(cell, self.config['output'])}: {lasting(seconds)}{rest(1.0)}"
                say(line, error=True)


def _keep(cell: Cell, outcome: Outcome, data: FoldData, seconds: float) -> None:
    """Write what is left of a training; the checkpoints it was continued from go last."""
    _save(outcome.model, cell.folder / MODEL)
    sizes = {side: len(data.fold.side(side)) for side in SIDES}
    facts: Any = {
        **environment(),
        **({"protocol": data.stamp} if data.stamp else {}),
        "seconds": round(seconds, 3),
        **outcome.facts,
        "folds": data.num_folds,
        **sizes,
    }
    validation = None if outcome.validation is None else stamped(outcome.validation, data.stamp)
    finish(cell, stamped(outcome.test, data.stamp), facts, validation)
    remove_snapshots(cell.folder)


def _save(content: Mapping[str, Any], path: Path) -> None:
    """Write a model by way of memory, since torch hides what the disk says of its own writing."""
    buffer = BytesIO()
    torch.save(sealed(content), buffer)
    write_bytes(path, buffer.getbuffer(), durable=False)


def _report(cell: Cell, reason: str) -> str:
    """Say that a fold failed, and give it in one line."""
    line, written = f"fold {cell.fold}: {reason.splitlines()[0]}", cell.folder / ERROR
    more = f"; see {written}" if written.exists() else ""  # a full disk takes none
    say(f"FAILED {cell.run} {line.removesuffix('.')}{more}", error=True)
    return line
