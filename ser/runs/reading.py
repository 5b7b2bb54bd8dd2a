"""Find runs, and say which of their cells are done, and what is lacking of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from ser.errors import DamageError, RunError
from ser.runs.cell import Cell
from ser.runs.checked import pool, read_facts
from ser.runs.checks import MOST_FOLDS
from ser.runs.facts import Facts
from ser.runs.files import read_ends
from ser.runs.layout import CONFIG, IDENTITY
from ser.runs.marker import read_identity
from ser.runs.names import Name, name_of
from ser.runs.plan import asked_of
from ser.runs.predictions import labels_of
from ser.runs.state import CellState, started_cells
from ser.system.reading import LARGEST


@dataclass(frozen=True)
class Run:
    """A run folder, read only; every figure is recomputed from its predictions.

    Args:
        folder: Folder with ``identity.json``.
        identity: What decides the figures, as dotted keys.
    """

    folder: Path
    identity: Mapping[str, Any]

    @cached_property
    def name(self) -> Name:
        """Corpus, model, regime, and what else was changed."""
        return name_of(self.folder, self.identity)

    @cached_property
    def cells(self) -> list[CellState]:
        """Every fold at every seed that was asked for or started, whether it is there or not."""
        found = {(cell.fold, cell.seed): cell for cell in self._started}
        asked = asked_of(self.folder)
        seeds = {seed for _, seed in (*found, *asked)} or {0}
        folds = range(self.num_folds or 0)
        for key in {*asked, *product(folds, seeds)}:
            state = "to do" if key in asked or not asked else "not asked for"
            found.setdefault(key, CellState(Cell(self.folder, *key), state))
        return [found[key] for key in sorted(found)]

    @cached_property
    def finished(self) -> list[CellState]:
        """The cells whose figures count."""
        return [cell for cell in self.cells if cell.state == "done"]

    @property
    def lacking(self) -> list[CellState]:
        """The cells that failed, are damaged, are not finished, or never started."""
        return [cell for cell in self.cells if cell.state != "done"]

    @property
    def complete(self) -> bool:
        """Whether every fold at every seed is known to be finished."""
        return bool(self.finished) and self.num_folds is not None and not self.lacking

    @cached_property
    def num_folds(self) -> int | None:
        """Number of folds of the regime; None where neither facts nor configuration say it."""
        counts = [fact["folds"] for fact in self.facts.values() if "folds" in fact]
        splits = self.identity.get("cv.n_splits")
        if counts or splits is None:
            return int(counts[0]) if counts else None
        if type(splits) is not int or splits > MOST_FOLDS:
            raise DamageError(f"{self.folder / IDENTITY} was edited: cv.n_splits is {splits!r}")
        # Parts of the speakers times parts of the sentences.
        return int(splits) ** 2 if self.name.cv == "speaker_sentence" else int(splits)

    @cached_property
    def facts(self) -> dict[tuple[int, int], Facts]:
        """``environment.json`` of every finished cell, by fold and seed."""
        cells = [cell for cell in self._started if cell.state == "done"]
        return {(cell.fold, cell.seed): read_facts(cell.folder) for cell in cells}

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Predictions of the finished cells; an empty table if there are none.

        Raises:
            RunError: If an utterance is tested more or less often than the regime says.
        """
        folders = [cell.folder for cell in self.finished]
        return pool(self.folder, folders) if folders else pd.DataFrame(columns=["fold", "seed"])

    @cached_property
    def labels(self) -> Sequence[str]:
        """Emotions in class order."""
        return labels_of(self.predictions)

    @property
    def minutes(self) -> float:
        """Time that the finished cells took together."""
        return float(sum(fact["seconds"] for fact in self.facts.values())) / 60

    @property
    def config(self) -> str:
        """Text of the resolved configuration; what decides the figures where there is none."""
        path = self.folder / CONFIG
        text = "\n".join(f"{key}: {value}" for key, value in self.identity.items())
        return read_ends(path, LARGEST // 2) if path.is_file() else text

    @cached_property
    def _started(self) -> list[CellState]:
        return started_cells(self.folder)


def find_runs(folders: Iterable[Path], lost: list[DamageError] | None = None) -> list[Run]:
    """List the runs in and below some folders, each once, sorted by path.

    Args:
        folders: Folders of runs, or above them.
        lost: Takes what is wrong with runs that do not say what they are of, which are left out
            then; None ends with the first.

    Raises:
        RunError: If a folder does not exist or holds no run, or does not say what a run is of.
    """
    found = {}
    for folder in folders:
        records = sorted(folder.rglob(IDENTITY))
        if not records:
            no_folder = "is a file" if folder.exists() else "does not exist"
            there = "holds no run" if folder.is_dir() else no_folder
            raise RunError(
                f"{folder} {there}; name the folder of a run, or one above it, such as runs. "
                "A run has identity.json, which ser.train writes."
            )
        found.update({record.resolve(): record.parent for record in records})
    wrong: list[DamageError] = []
    runs = [*_read(map(found.__getitem__, sorted(found)), wrong)]
    if wrong and lost is None:
        raise wrong[0]
    if lost is not None:
        lost += wrong
    return runs


def _read(folders: Iterable[Path], wrong: list[DamageError]) -> Iterator[Run]:
    for folder in folders:
        try:
            yield Run(folder, read_identity(folder))
        except DamageError as error:
            wrong.append(error)
