"""Which fold is noted now: its run is opened with the first figure, and closed whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from pytorch_lightning.loggers import Logger

from ser.data.fold_data import FoldData
from ser.errors import in_a_line
from ser.evaluation.figures import summarise
from ser.runs.cell import Cell
from ser.training.curves import CurveLogger
from ser.training.learner import Outcome
from ser.training.messages import say
from ser.training.processes import is_first
from ser.training.settings import find
from ser.training.tracking.tracker import FAILED, FINISHED, STOPPED, Story, Tracker

OF_THE_MACHINE = ("logger", "output", "code", "retry", "snapshots", "fold", "seed")


class Note:
    """The run of a fold; a logger that fails is left out from then on, and costs no training.

    Args:
        tracker: Where it goes to; None for nowhere.
        story: What is to be known of the fold.
    """

    def __init__(self, tracker: Tracker | None, story: Story | None = None) -> None:
        self.tracker = tracker
        self.story = story
        self.begun = False
        self.figures: dict[str, float] = {}

    def note(self, figures: Mapping[str, float], epoch: int) -> None:
        """Note the figures of an epoch."""
        self._begin(epoch)
        self._try("note", figures, epoch)

    def judged(self, outcome: Outcome) -> None:
        """Keep the figures of a fold for its end, if there is a logger to take them."""
        if self.tracker is None:
            return
        sides = {"test": outcome.test, "validation": outcome.validation}
        for side, table in sides.items():
            if table is not None:
                self.figures |= _figures(side, table)

    def end(self, state: str) -> None:
        """Close the run; one that never began is opened for its figures, if it has some."""
        if self.figures:
            self._begin(0)
        if self.begun:
            self._try("end", self.figures, state)
        self.tracker = None

    def _begin(self, epoch: int) -> None:
        if not self.begun and self.story is not None:
            self.begun = True
            self._try("begin", replace(self.story, epoch=epoch))

    def _try(self, what: str, *how: Any) -> None:
        if self.tracker is None:
            return
        try:
            getattr(self.tracker, what)(*how)
        except Exception as error:  # networks, accounts and databases fail in ways of their own
            name = type(self.tracker).__name__
            say(f"warning: {name} cannot {what} ({in_a_line(error)}); left out now.", error=True)
            if what == "note":
                with suppress(Exception):
                    self.tracker.end({}, FAILED)
            self.tracker = None


CURRENT: ContextVar[Note | None] = ContextVar("note", default=None)


class Noted(Logger):
    """Hand what Lightning logs to the run of the fold; parts of a training have names of their own.

    Args:
        note: The run.
        part: Part of the training, such as ``member-1/choice``; mostly empty.
    """

    def __init__(self, note: Note, part: str) -> None:
        super().__init__()
        self._note = note
        self._prefix = f"{part}/" if part else ""

    @property
    def name(self) -> str:
        """Nothing: the folder is that of the fold."""
        return ""

    @property
    def version(self) -> str:
        """Nothing, likewise."""
        return ""

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Leave them out: the run has all settings from its beginning."""

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Note the figures of an epoch."""
        if is_first():
            epoch = int(metrics.get("epoch", 0))
            found = {f"{self._prefix}{k}": float(v) for k, v in metrics.items() if k != "epoch"}
            self._note.note(found, epoch)


def loggers_of(settings: Mapping[str, Any], cell: Cell) -> list[Logger]:
    """Loggers of a training: the CSV, which reports draw their curves from, and the one chosen.

    Args:
        settings: ``_target_`` of the one that is chosen, and its arguments.
        cell: Place of the training.
    """
    kind, place = find("logger", settings), {"save_dir": str(cell.folder)}
    if kind is CurveLogger:
        return [CurveLogger(**_arguments(settings), **place)]
    curves, note = CurveLogger(**place), CURRENT.get()
    if not _makes_runs(kind):
        return [curves, kind(**_arguments(settings), **place)]
    if note is None:
        kind(**_arguments(settings))  # a trial, which says what is missing
        return [curves]
    return [curves, Noted(note, cell.part)]


@contextmanager
def noted(config: Mapping[str, Any], cell: Cell, data: FoldData) -> Iterator[Note]:
    """Note a fold while the block trains it, where a logger was chosen that makes runs.

    Args:
        config: Resolved configuration of the run.
        cell: The fold.
        data: What it is trained on.
    """
    note = _note(config, cell, data)
    token = CURRENT.set(note)
    state = STOPPED
    try:
        yield note
        state = FINISHED
    except Exception:
        state = FAILED
        raise
    finally:
        CURRENT.reset(token)
        note.end(state)


def _note(config: Mapping[str, Any], cell: Cell, data: FoldData) -> Note:
    settings = config.get("logger")
    if not settings or not is_first() or config["trainer"]["fast_dev_run"]:
        return Note(None)
    kind = find("logger", settings)
    if not _makes_runs(kind):
        return Note(None)
    return Note(kind(**_arguments(settings)), _story(config, cell, data))


def _makes_runs(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Tracker)


def _arguments(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if not key.startswith("_")}


def _story(config: Mapping[str, Any], cell: Cell, data: FoldData) -> Story:
    output = Path(config["output"])
    source = data.source
    facts = {
        "corpus": source["corpus"],
        "model": _kind(config["model"]),
        "features": _kind(config["features"]),
        "cv": source["regime"],
        "fold": cell.fold,
        "folds": data.num_folds,
        "seed": cell.seed,
        "inner": cell.inner,
        "protocol": data.protocol.name,
        "leaks": source.get("leaks") or "no",
        "stamp": data.stamp or "none",
        **{side: len(data.fold.side(side)) for side in ("train", "validation", "test")},
    }
    told = {key: value for key, value in config.items() if key not in OF_THE_MACHINE}
    group, name = _names(output, cell)
    return Story(cell.folder, output, group, name, facts, {"settings": told}, data.stamp)


def _names(output: Path, cell: Cell) -> Sequence[str]:
    group = cell.run.relative_to(output) if cell.run.is_relative_to(output) else cell.run
    return group.as_posix(), cell.folder.relative_to(cell.run).as_posix()


def _kind(settings: Mapping[str, Any]) -> str:
    return str(settings.get("_target_", "")).rpartition(".")[2]


def _figures(side: str, table: pd.DataFrame) -> dict[str, float]:
    pooled = summarise(table)["pooled"]
    return {f"{side}/{name}": float(value) for name, value in pooled.items()}
