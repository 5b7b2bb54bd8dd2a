"""Markers of finished cells: made anew after an edit, or as earlier versions wrote them."""

from pathlib import Path

from ser.runs.files import write_json
from ser.runs.marker import digest, mark_done, read_identity


def mark_again(run: Path) -> Path:
    """Mark every finished cell of a run with the files that it has now."""
    for marker in run.rglob("done"):
        mark_done(marker.parent, read_identity(run))
    return run


def mark_as_once(run: Path) -> Path:
    """Mark every finished cell of a run as before markers had digests of files."""
    for marker in run.rglob("done"):
        write_json(marker, {"config": digest(read_identity(run))})
    return run
