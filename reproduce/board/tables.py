"""The tables of the board in Markdown, and what was chosen for each of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from reproduce.board.measured import Board, Reached, compared, reached
from reproduce.board.row import REGIMES, Row, read_rows
from reproduce.lines import heading, row_of
from ser.evaluation.paired import PairedBootstrap
from ser.evaluation.ttest import holm
from ser.evaluation.wording import p_value

NOTHING = "–"
EMPTY = "No row of this table has predictions yet."

Tests = Mapping[tuple[str, str], PairedBootstrap]


def board(results: Path) -> str:
    """Markdown of the learners that were trained from scratch.

    Args:
        results: Folder of run folders.
    """
    return _table(results, "scratch")


def pretrained(results: Path) -> str:
    """Markdown of the learners on features of a pretrained encoder.

    Args:
        results: Folder of run folders.
    """
    return _table(results, "pretrained")


def rows(results: Path) -> str:
    """Markdown list of the rows that are shown: how each is trained, and what was chosen where.

    Args:
        results: Folder of run folders.
    """
    listed, found, _ = _measured(results)
    lines = [
        f"- **{row.label}**: " + (f"`{row.command}`. " if row.words else "") + row.sentence
        for row in listed
        if _shown(row, found)
    ]
    return "\n".join(lines) or EMPTY


def _table(results: Path, name: str) -> str:
    everything, found, tested = _measured(results)
    listed = [row for row in everything if row.table == name and _shown(row, found)]
    if not listed:
        return EMPTY
    names = ["", "seeds", *(word for cv in REGIMES for word in (f"`cv={cv}`", "difference"))]
    p = _corrected(tested, listed)
    lines = [_line(row, found, tested, p) for row in listed]
    return "\n".join([*heading(names), *lines])


def _measured(results: Path) -> tuple[list[Row], Board, Tests]:
    return _measured_at(results, _state(results))


@lru_cache(maxsize=2)  # three tables are made of it
def _measured_at(results: Path, _state: object) -> tuple[list[Row], Board, Tests]:
    listed = read_rows()
    found = reached(results, listed)
    return listed, found, compared(found, listed)


def _state(results: Path) -> tuple[tuple[str, int], ...]:
    """What tells whether predictions changed."""
    paths = sorted(results.rglob("*.csv"))
    return tuple((path.as_posix(), path.stat().st_mtime_ns) for path in paths)


def _shown(row: Row, found: Board) -> bool:
    return any((row.name, cv) in found for cv in REGIMES)


def _corrected(tested: Tests, listed: Sequence[Row]) -> dict[tuple[str, str], float]:
    """P values of a table, corrected for their number."""
    names = {row.name for row in listed}
    keys = [key for key in tested if key[0] in names]
    return dict(zip(keys, holm([tested[key].p for key in keys]).tolist(), strict=True))


def _line(row: Row, found: Board, tested: Tests, p: Mapping[tuple[str, str], float]) -> str:
    cells = [row.label, str(max(at.seeds for key, at in found.items() if key[0] == row.name))]
    for cv in REGIMES:
        key = row.name, cv
        cells.append(_figures(found[key]) if key in found else NOTHING)
        cells.append(_difference(tested[key], p[key]) if key in tested else NOTHING)
    return row_of(cells)


def _figures(at: Reached) -> str:
    parts = (at.uar.estimate, at.uar.low, at.uar.high, at.accuracy)
    estimate, low, high, accuracy = (f"{100 * part:.1f}" for part in parts)
    return f"**{estimate}** [{low}, {high}], {accuracy}"


def _difference(test: PairedBootstrap, p: float) -> str:
    points = f"{100 * test.interval.estimate:+.1f}".replace("-", "−")
    return f"{points} (p {p_value(p)})"
