"""``python -m ser.status DIR…``: how far runs and sweeps are, also while they run.

Example: ``python -m ser.status runs``
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ser.errors import DamageError, RunError, SerError
from ser.evaluation.stamps import declared
from ser.runs.layout import IDENTITY
from ser.runs.marker import read_identity
from ser.runs.plan import Planned, plan_folders, read_plans, runs_of
from ser.runs.reading import Run, find_runs
from ser.runs.state import STATES, CellState, state_of
from ser.sweep.forgetting import forget
from ser.system.few import few
from ser.system.orders import Orders
from ser.system.paths import expanded
from ser.system.rows import Rows
from ser.system.terminal import Terminal

USUAL = ("done", "running", "failed", "to do")  # states that have a column in any case


def planned(folders: Iterable[Path], lost: list[DamageError] | None = None) -> list[Planned]:
    """Every cell in or below some folders that was asked for or started.

    A run of which nothing is written down was asked for as a whole.

    Args:
        folders: Folders of runs or sweeps, or above them.
        lost: As in ``find_runs``.

    Raises:
        RunError: If a folder does not exist, or there is neither plan nor run; of a run that does
            not say what it is of, as ``find_runs`` says, or if none does.
    """
    found: dict[Path, Planned] = {}
    for folder in folders:
        items = [*_of_plans(folder), *_of_runs(folder, lost)]
        if not items and not any(folder.rglob(IDENTITY)):
            raise RunError(
                f"{folder} holds neither a run nor the plan of a sweep; name the folder that was "
                "given as output=, runs by default, or one below it."
            )
        for item in items:
            found.setdefault(item.cell.folder.resolve(), item)
    if lost and not found:
        raise lost[0]
    return list(found.values())


def _of_plans(folder: Path) -> list[Planned]:
    """Cells below this folder, from plans that lie in it or above it."""
    items = [item for place in plan_folders(folder) for item in read_plans(place)]
    here = folder.resolve()
    return [item for item in items if item.cell.folder.resolve().is_relative_to(here)]


def _of_runs(folder: Path, lost: list[DamageError] | None) -> list[Planned]:
    if not any(folder.rglob(IDENTITY)):
        return []
    return [
        Planned(state.cell, str(run.name))
        for run in find_runs([folder], lost)
        for state in run.cells
        if state.state != "not asked for"
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
        {
            "run": title,
            **_opened(run),
            **_line([state for state in states if state.cell.run == run], usual, running),
        }
        for title, run in runs_of(planned).items()
    ]


def _opened(folder: Path) -> dict[str, Any]:
    """What a run says of itself, if it has begun: its stamp, and what nobody asked for."""
    nothing = {"stamp": "", "not asked for": 0}
    if not (folder / IDENTITY).exists():
        return nothing
    try:
        run = Run(folder, read_identity(folder))
    except DamageError:  # which is said at the end
        return nothing
    unasked = sum(cell.state == "not asked for" for cell in run.cells)
    return {"stamp": declared(run).suffix.strip(), "not asked for": unasked}


def _line(states: Sequence[CellState], usual: float | None, running: int) -> dict[str, Any]:
    counts = {word: sum(state.state == word for state in states) for word in STATES[:-1]}
    seconds = _mean(states) or usual
    left = len(states) - counts["done"] - counts["failed"]
    return {
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
    table = Rows()
    table.add_column("", whole=True)  # to be copied
    states = [word for word in STATES if word in USUAL or any(line[word] for line in lines)]
    for heading in (*states, "min left"):
        table.add_column(heading, numeric=True)
    for line in lines:
        left = "" if line["minutes left"] is None else f"{line['minutes left']:.0f}"
        name = f"{line['run']} {line['stamp']}".rstrip()
        table.add_row(name, *(str(line[word] or "") for word in states), left)
    table.add_section()
    whole = [sum(line[word] for line in lines) for word in states]
    minutes = sum(line["minutes left"] or 0 for line in lines)
    table.add_row("all", *(str(count or "") for count in whole), f"{minutes:.0f}", style="bold")
    terminal = Terminal()
    terminal.print(table, crop=False)  # a name that is too long is the terminal's to break
    for line in lines:
        for name, error in line["errors"].items():
            terminal.say(f"failed: {line['run']} {name}: {error}")
        for name, fault in line["damages"].items():
            terminal.say(f"damaged: {line['run']} {name}: {fault}")
        for worker in line["at work"]:
            terminal.say(f"running: {line['run']}: {worker}")


def main(words: Sequence[str] | None = None) -> None:
    """Show how far the runs below some folders are."""
    parser = Orders("python -m ser.status", description="How far runs are.")
    parser.add_argument(
        "folders",
        nargs="*",
        type=expanded,
        default=[Path("runs")],
        metavar="DIR",
        help="folders of runs or sweeps, or above them (default: runs)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for other programs")
    parser.add_argument(
        "--forget",
        action="store_true",
        help="remove the folders of failed cells, after a question",
    )
    parser.add_argument("--yes", action="store_true", help="with --forget: ask no question")
    chosen = parser.parse_args(words)
    lost: list[DamageError] = []
    try:
        if chosen.forget:
            forget(planned(chosen.folders), agreed=chosen.yes)
            return
        lines = progress(planned(chosen.folders, lost))
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    if chosen.json:
        Terminal().say(json.dumps(lines, indent=2))
    else:
        show(lines)
    if lost:
        raise SystemExit(f"error: {few([*map(str, lost)], ' ')}")
