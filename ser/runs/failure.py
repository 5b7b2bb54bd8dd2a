"""Why a cell failed."""

from __future__ import annotations

import os
import platform
import traceback
from datetime import datetime
from pathlib import Path

from ser.errors import DamageError
from ser.runs.files import read_ends, write_text
from ser.runs.layout import ERROR

LONGEST = 2000  # letters of a line that somebody reads


def write_failure(folder: Path, error: BaseException) -> None:
    """Write down why a cell failed: what and why, where and when, and the traceback."""
    where = f"{platform.node()}, process {os.getpid()}, {datetime.now().astimezone():%c %Z}"
    job = os.environ.get("SLURM_JOB_ID")
    lines = "".join(traceback.format_exception(error))
    kind = f"{type(error).__name__}: {error}".strip()
    write_text(folder / ERROR, f"{kind}\n\non {where}{f', job {job}' if job else ''}\n\n{lines}")


def read_failure(folder: Path) -> str | None:
    """Line that says why the last attempt at a cell failed; None if it did not.

    It is the first line, but of a traceback the last, for its first says nothing.
    """
    path = folder / ERROR
    if not path.exists():
        return None
    try:
        text = read_ends(path)
    except DamageError as error:
        return str(error)
    lines = [line.strip()[:LONGEST] for line in text.splitlines() if line.strip()]
    if not lines:
        return f"{ERROR} is empty"
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def forget_failure(folder: Path) -> None:
    """Remove the error of an earlier attempt, since another begins."""
    (folder / ERROR).unlink(missing_ok=True)
