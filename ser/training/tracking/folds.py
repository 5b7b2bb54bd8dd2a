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
from ser.folds.fold import SIDES
from ser.runs.cell import Cell
from ser.training.curves import CurveLogger
from ser.training.learner import Outcome
from ser.training.messages import say
from ser.training.processes import is_first
from ser.training.settings import find, loggers_in
from ser.training.tracking.tracker import FAILED, FINISHED, STOPPED, Story, Tracker

OF_THE_MACHINE = ("logger", "output", "code", "retry", "snapshots", "fold", "seed")


class Note:
    """The run of a fold; a logger that fails is left out from then on, and costs no training.

    Args:
        trackers: Where it goes to, if anywhere.
        story: What is to be known of the fold.
    """

    def __init__(self, trackers: Sequence[Tracker] = (), story: Story | None = None) -> None:
        self.trackers = list(trackers)
        self.story = story
        self.begun = False
        self.figures: dict[str, float] = {}

    def note(self, figures: Mapping[str, float], epoch: int) -> None:
        """Note the figures of an epoch."""
        self._begin(epoch)
        self._try("note", figures, epoch)

    def judged(self, outcome: Outcome) -> None:
        """Keep the figures of a fold for its end, if there is a logger to take them."""
        if not self.trackers:
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
        self.trackers = []

    def _begin(self, epoch: int) -> None:
        if not self.begun and self.story is not None:
            self.begun = True
            self._try("begin", replace(self.story, epoch=epoch))

    def _try(self, what: str, *how: Any) -> None:
        self.trackers = [each for each in self.trackers if _does(each, what, *how)]


def _does(tracker: Tracker, what: str, *how: Any) -> bool:
    """Whether a logger does what it is asked to."""
    try:
        getattr(tracker, what)(*how)
    except Exception as error:  # networks, accounts and databases fail in ways of their own
        name = type(tracker).__name__
        say(f"warning: {name} cannot {what} ({in_a_line(error)}); left out now.", error=True)
        if what == "note":
            with suppress(Exception):
                tracker.end({}, FAILED)
        return False
    return True


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


def loggers_of(settings: Any, cell: Cell) -> list[Logger]:
    """Loggers of a training: the CSV, which reports draw their curves from, and those chosen.

    Args:
        settings: Node ``logger`` of the configuration.
        cell: Place of the training.
    """
    place, note = {"save_dir": str(cell.folder)}, CURRENT.get()
    found: list[Logger] = [CurveLogger(**place)]
    runs = 0
    for kind, arguments in _chosen(settings):
        if kind is CurveLogger:
            found[0] = CurveLogger(**arguments, **place)
        elif not _makes_runs(kind):
            found.append(kind(**arguments, **place))
        elif note is None:
            kind(**arguments)  # a trial, which says what is missing
        else:
            runs += 1
    return [*found, Noted(note, cell.part)] if note is not None and runs else found


def _chosen(settings: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield class and arguments of each logger that was chosen."""
    for place, each in loggers_in(settings).items():
        own = {key: value for key, value in each.items() if not key.startswith("_")}
        yield find(place, each), own


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
    if not is_first() or config["trainer"]["fast_dev_run"]:
        return Note()
    chosen = _chosen(config.get("logger"))
    trackers = [kind(**arguments) for kind, arguments in chosen if _makes_runs(kind)]
    return Note(trackers, _story(config, cell, data)) if trackers else Note()


def _makes_runs(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Tracker)


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
        **{side: len(data.fold.side(side)) for side in SIDES},
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
