"""One fold at one seed on disk: what its folder is called, its facts, and why it failed."""

from __future__ import annotations

import json
import os
import platform
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from ser.runs.files import write_text
from ser.runs.kept import kept_facts

ERROR = "error.txt"


def cell_name(fold: int, seed: int) -> str:
    """Name of a cell below its run, such as ``fold-03/seed-0``."""
    return f"fold-{fold:02d}/seed-{seed}"


def read_facts(folder: Path) -> dict[str, Any]:
    """``environment.json`` of a finished cell: versions, seconds, epochs and sizes."""
    if kept := kept_facts(folder):
        return kept
    facts: dict[str, Any] = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    return facts


def write_failure(folder: Path, error: BaseException) -> None:
    """Write down why a cell failed: what and why, where and when, and the traceback."""
    where = f"{platform.node()}, process {os.getpid()}, {datetime.now().astimezone():%c %Z}"
    job = os.environ.get("SLURM_JOB_ID")
    lines = "".join(traceback.format_exception(error))
    kind = f"{type(error).__name__}: {error}".strip()
    told = f"{kind}\n\non {where}{f', job {job}' if job else ''}\n\n{lines}"
    write_text(folder / ERROR, told)


def read_failure(folder: Path) -> str | None:
    """Line that says why the last attempt at a cell failed; None if it did not.

    It is the first line, but of a traceback the last, for its first says nothing.
    """
    path = folder / ERROR
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return f"{ERROR} is empty"
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def forget_failure(folder: Path) -> None:
    """Take the error of an earlier attempt away, since another begins."""
    (folder / ERROR).unlink(missing_ok=True)
