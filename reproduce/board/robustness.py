"""What rows of the board answer to other recordings of the utterances that they were tested on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from reproduce.board.measured import run_of
from reproduce.board.row import Row, read_rows
from reproduce.board.tables import NOTHING
from reproduce.lines import heading, row_of
from ser.evaluation.robustness import robustness
from ser.runs.robustness import ORIGINAL, read_answers

REGIME = "speaker"
EMPTY = "No row was asked yet."


def recordings(results: Path) -> str:
    """Markdown of the rows that were asked: a column for each recording, as it is first.

    Args:
        results: Folder of run folders.

    Raises:
        DamageError: If answers were edited, or belong to other folds than the evidence.
    """
    judged = dict(_judged(results))
    if not judged:
        return EMPTY
    names = list(dict.fromkeys(name for table in judged.values() for name in table.index))
    lines = [
        row_of([label, *(_figures(table, name) for name in names)])
        for label, table in judged.items()
    ]
    return "\n".join([*heading(["", *names]), *lines])


def _judged(results: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    for row in read_rows():
        answers = _answers(results, row)
        if answers is not None:
            yield row.label, robustness(answers)


def _answers(results: Path, row: Row) -> pd.DataFrame | None:
    run = None if row.predictions else run_of(results, row, REGIME)
    return read_answers(run.folder, run.predictions) if run and run.complete else None


def _figures(table: pd.DataFrame, name: str) -> str:
    """UAR, and behind it how many answers stay, both in %."""
    if name not in table.index or not table.loc[name, "answers"]:
        return NOTHING
    found = table.loc[name]
    stays = "" if name == ORIGINAL else f", {100 * found['stays']:.0f}"
    return f"**{100 * found['uar']:.1f}**{stays}"
