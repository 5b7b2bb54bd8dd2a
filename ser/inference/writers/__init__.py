"""Files of answers, one kind a module; the suffix of a file chooses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ser.errors import ConfigError, likely
from ser.inference.writers import audformat, records, table, textgrid
from ser.inference.writers.findings import Findings

WRITERS: dict[str, Callable[[Path, Findings], None]] = {
    ".csv": table.write,
    ".json": records.write_json,
    ".jsonl": records.write_lines,
    ".textgrid": textgrid.write,
    ".audformat": audformat.write,
}
SHOWN = ".csv, .json, .jsonl, .TextGrid or .audformat"

__all__ = ["Findings", "writer_for"]


def writer_for(path: Path) -> Callable[[Path, Findings], None]:
    """Find what writes a kind of file.

    Raises:
        ConfigError: If the suffix is unknown, or what it needs is not installed.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ConfigError(
            f"output={path} ends with {suffix or 'no suffix'}{likely(suffix, WRITERS)}, and must "
            f"end with {SHOWN}."
        )
    if suffix == ".audformat":
        audformat.require()
    return WRITERS[suffix]
