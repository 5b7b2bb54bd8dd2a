"""``python -m ser.status --forget``: remove what is left of trainings that failed.

A cell that is finished, running, interrupted or still to do stays as it is.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.prompt import Confirm

from ser.errors import ConfigError
from ser.runs.cell import Cell
from ser.runs.claim import ClaimedError, claim
from ser.runs.failure import read_failure
from ser.runs.kept import is_marked
from ser.runs.layout import ALL_CELLS, CONFIG, CORPUS, IDENTITY, LOCK
from ser.runs.plan import Planned, drop_planned, plan_folders
from ser.runs.state import state_of
from ser.system.terminal import Terminal


def forget(planned: Sequence[Planned], *, agreed: bool = False) -> None:
    """Remove the folders of failed cells, and of runs that nothing else is left of.

    Args:
        planned: Cells to look at.
        agreed: Whether to remove them without a question.

    Raises:
        ConfigError: If a question is needed, and there is no terminal to ask it in.
    """
    terminal = Terminal()
    failed = [item.cell for item in planned if state_of(item.cell).state == "failed"]
    for cell in failed:
        terminal.say(f"{cell.folder}: {read_failure(cell.folder)}")
    if not failed:
        terminal.say("No cell failed: there is nothing to forget.")
    elif agreed or _asked(len(failed)):
        removed = [cell for cell in failed if _remove(cell)]
        terminal.say(f"Removed: {len(removed)} of {len(failed)}.")


def _asked(count: int) -> bool:
    if not sys.stdin.isatty():
        raise ConfigError(
            f"--forget would remove {_folders(count)}, and there is nobody to ask; pass --yes too."
        )
    return Confirm.ask(f"Remove {_folders(count)} and all that is in there?", default=False)


def _folders(count: int) -> str:
    return f"{count} folder{'' if count == 1 else 's'}"


def _remove(cell: Cell) -> bool:
    """Remove a cell while no other process can begin to train it; False if one has done so."""
    try:
        with claim(cell.folder):
            if is_marked(cell.folder) or not read_failure(cell.folder):
                return False
            shutil.rmtree(cell.folder)
    except ClaimedError:
        return False
    for output in plan_folders(cell.run):
        drop_planned(output, [cell])
    _remove_empty(cell.run, cell.folder.parent)
    return True


def _remove_empty(run: Path, fold: Path) -> None:
    """Remove the folder of a fold and of a run where no cell is left, and empty ones above it."""
    with suppress(OSError):
        fold.rmdir()
    if any(run.glob(ALL_CELLS)):
        return
    for name in (IDENTITY, CORPUS, CONFIG, LOCK):
        (run / name).unlink(missing_ok=True)
    with suppress(OSError):  # a folder that holds anything else
        for folder in (run, *run.parents[:2]):
            folder.rmdir()
