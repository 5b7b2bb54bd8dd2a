"""What the rows of the board reach, computed from predictions alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from reproduce.board.mean import means
from reproduce.board.row import REGIMES, Row
from ser.errors import RunError
from ser.evaluation.alignment import align
from ser.evaluation.design import design_of
from ser.evaluation.figures import summarise
from ser.evaluation.intervals import Interval, interval
from ser.evaluation.paired import PairedBootstrap, paired_bootstrap
from ser.evaluation.stamps import stamp_of
from ser.runs.chosen import CANDIDATES
from ser.runs.layout import IDENTITY
from ser.runs.marker import read_identity
from ser.runs.predictions import read_table
from ser.runs.reading import Run, find_runs

RESAMPLES = 10_000  # of a paired test, whose smallest p value Holm multiplies


@dataclass(frozen=True)
class Reached:
    """What a row reaches under a regime.

    Args:
        table: Its predictions, of all folds and seeds.
        uar: Pooled UAR with its 95 % interval over speakers; over seeds it is their mean.
        accuracy: Pooled accuracy.
    """

    table: pd.DataFrame
    uar: Interval
    accuracy: float

    @property
    def seeds(self) -> int:
        """Number of seeds."""
        return int(self.table["seed"].nunique())


Board = Mapping[tuple[str, str], Reached]  # by row and regime


def reached(results: Path, rows: Sequence[Row]) -> Board:
    """What each row reaches under each regime whose folds are all there.

    Args:
        results: Folder of all runs.
        rows: Rows of the board.

    Raises:
        RunError: If the runs of a row are not fit for a comparison, or its predictions are not of
            the utterances and folds that the other rows predict.
    """
    tables = {(row.name, cv): _table(results, row, cv) for row in rows for cv in REGIMES}
    found = {key: table for key, table in tables.items() if table is not None}
    found |= means(found, rows)
    for cv in REGIMES:
        _refuse_unlike({name: table for (name, at), table in found.items() if at == cv})
    return {key: _reached(table) for key, table in found.items()}


def compared(board: Board, rows: Sequence[Row]) -> dict[tuple[str, str], PairedBootstrap]:
    """Compare each row with the reference, speakers drawn alike; where both are there.

    Args:
        board: What ``reached`` gives.
        rows: Rows of the board.
    """
    (reference,) = (row.name for row in rows if row.reference)
    found = {}
    for (name, cv), mine in board.items():
        if name != reference and (reference, cv) in board:
            pair = align(mine.table, board[reference, cv].table)
            found[name, cv] = paired_bootstrap(*pair, resamples=RESAMPLES, expanded=True)
    return found


def _reached(table: pd.DataFrame) -> Reached:
    between = interval(table, "uar", "speaker", expanded=True)
    return Reached(table, between, summarise(table)["pooled"]["accuracy"])


def _table(results: Path, row: Row, cv: str) -> pd.DataFrame | None:
    if row.predictions:
        path = results / row.predictions.format(cv=cv)
        return read_table(path) if path.exists() else None
    run = run_of(results, row, cv)
    if run is None or not run.complete:
        return None
    if alarms := stamp_of(run, design_of(run)).alarms:
        raise RunError(f"{run.folder} cannot stand on the board: {alarms[0]}")
    return run.predictions


def run_of(results: Path, row: Row, cv: str) -> Run | None:
    """The run of a row; of candidates and what was selected, the latter."""
    place = row.place(results, cv)
    if row.folder:
        return Run(place, read_identity(place)) if (place / IDENTITY).exists() else None
    if not any(place.rglob(IDENTITY)):
        return None
    runs = [run for run in find_runs([place]) if run.name.cv == cv]
    selected = [run for run in runs if CANDIDATES in run.identity]
    chosen = selected or [run for run in runs if not run.identity.get("cv.inner")]
    if len(chosen) > 1:
        raise RunError(
            f"{place} has {len(chosen)} runs of cv={cv}, and a row of the board shows one: "
            f"{', '.join(run.folder.as_posix() for run in chosen)}. Move the others elsewhere."
        )
    return chosen[0] if chosen else None


def _refuse_unlike(tables: Mapping[str, pd.DataFrame]) -> None:
    """Refuse rows that do not predict the same utterances in the same folds, once at each seed."""
    asked = {name: _asked(table) for name, table in tables.items()}
    for name, table in tables.items():
        if len(table) != len(asked[name]) * table["seed"].nunique():
            raise RunError(
                f"{name} does not predict every utterance once at each seed; keep the whole "
                "predictions.csv of its run."
            )
    for (first, one), (name, other) in pairwise(asked.items()):
        if one != other:
            raise RunError(
                f"{name} and {first} do not predict the same utterances in the same folds; train "
                "both with the folds of ours, or compare the tables with ser.audit."
            )


def _asked(table: pd.DataFrame) -> set[tuple[str, str, int]]:
    """Id, truth and fold of each utterance."""
    return set(zip(table["id"], table["truth"], table["fold"].astype(int), strict=True))
