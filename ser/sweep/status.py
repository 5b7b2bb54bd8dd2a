"""``python -m ser.status DIR…``: how far runs and sweeps are, also while they run.

Example: ``python -m ser.status runs``
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from ser.errors import RunError, SerError
from ser.runs.layout import IDENTITY, PLANS
from ser.runs.reading import find_runs
from ser.runs.state import STATES, CellState, state_of
from ser.sweep.plan import Planned, read_plans, runs_of


def planned(folders: Iterable[Path]) -> list[Planned]:
    """Every cell in or below some folders: what sweeps planned, and what else was started.

    Raises:
        RunError: If a folder does not exist, or there is neither plan nor run.
    """
    found: dict[Path, Planned] = {}
    for folder in folders:
        items = [*_of_sweeps(folder), *_of_runs(folder)]
        if not items:
            raise RunError(
                f"{folder} holds neither a run nor the plan of a sweep; name the folder that "
                "output= was, runs by default, or one below it."
            )
        for item in items:
            found.setdefault(item.cell.folder.resolve(), item)
    return list(found.values())


def _of_sweeps(folder: Path) -> list[Planned]:
    """Cells below this folder, from plans that lie in it or above it."""
    above = [place for place in (folder, *folder.resolve().parents) if (place / PLANS).is_dir()]
    items = [item for place in above for item in read_plans(place)]
    here = folder.resolve()
    return [item for item in items if item.cell.folder.resolve().is_relative_to(here)]


def _of_runs(folder: Path) -> list[Planned]:
    if not any(folder.rglob(IDENTITY)):
        return []
    return [
        Planned(state.cell, str(run.name)) for run in find_runs([folder]) for state in run.cells
    ]


def progress(planned: Sequence[Planned]) -> list[dict[str, Any]]:
    """Count the cells of every run by state, with errors and the time that is left.

    Time left is the mean of the finished cells of the run, or of all if it has none, shared
    among the cells that are running now.
    """
    states = [state_of(item.cell) for item in planned]
    running = sum(state.state == "running" for state in states)
    usual = _mean(states)
    return [
        _line(title, [state for state in states if state.cell.run == run], usual, running)
        for title, run in runs_of(planned).items()
    ]


def _line(
    title: str, states: Sequence[CellState], usual: float | None, running: int
) -> dict[str, Any]:
    counts = {word: sum(state.state == word for state in states) for word in STATES}
    seconds = _mean(states) or usual
    left = len(states) - counts["done"] - counts["failed"]
    return {
        "run": title,
        **counts,
        "minutes left": seconds and round(left * seconds / max(running, 1) / 60, 1),
        "errors": {f"fold {s.fold} seed {s.seed}": s.error for s in states if s.state == "failed"},
        "damages": {
            f"fold {s.fold} seed {s.seed}": s.error for s in states if s.state == "damaged"
        },
        "at work": sorted({str(state.worker) for state in states if state.worker}),
    }


def _mean(states: Iterable[CellState]) -> float | None:
    seconds = [state.seconds for state in states if state.state == "done"]
    return sum(seconds) / len(seconds) if seconds else None


def show(lines: Sequence[dict[str, Any]]) -> None:
    """Print a line for each run, all together, and the errors."""
    table = Table(box=SIMPLE, padding=0, collapse_padding=True)
    for heading in ("", *STATES, "min left"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=bool(heading))
    for line in lines:
        left = "" if line["minutes left"] is None else f"{line['minutes left']:.0f}"
        table.add_row(line["run"], *(str(line[word] or "") for word in STATES), left)
    table.add_section()
    whole = [sum(line[word] for line in lines) for word in STATES]
    minutes = sum(line["minutes left"] or 0 for line in lines)
    table.add_row("all", *(str(count or "") for count in whole), f"{minutes:.0f}", style="bold")
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    for line in lines:
        for name, error in line["errors"].items():
            console.print(f"failed: {line['run']} {name}: {error}", markup=False)
        for name, fault in line["damages"].items():
            console.print(f"damaged: {line['run']} {name}: {fault}", markup=False)
        for worker in line["at work"]:
            console.print(f"running: {line['run']}: {worker}", markup=False)


def main(words: Sequence[str] | None = None) -> None:
    """Show how far the runs below some folders are."""
    parser = argparse.ArgumentParser("python -m ser.status", description="How far runs are.")
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("runs")], metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print JSON for other programs")
    chosen = parser.parse_args(words)
    try:
        lines = progress(planned(chosen.folders))
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    if chosen.json:
        sys.stdout.write(json.dumps(lines, indent=2) + "\n")
    else:
        show(lines)
