"""Lines of the measurement on a GPU, as they are found and as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LATE = "left out, for want of time"
HEADINGS = {
    "kernels": "kernels, ms a step",
    "recorded": "recorded step, ms",
    "trainer": "Trainer, epoch / 14",
    "ratio": "Trainer / kernels",
    "unrecorded": "the same, record=false",
    "memory": "memory, GiB",
}


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def add(lines: Path, part: str, what: str, **found: Any) -> None:
    """Note a line, and print it."""
    row = {"part": part, "what": what, **found}
    with lines.open("a") as file:
        file.write(f"{json.dumps(row)}\n")
    say(f"  {what}: " + ", ".join(f"{key} {_shown(value)}" for key, value in found.items()))


def markdown(found: Mapping[str, Any]) -> str:
    """The table: networks first, then everything else as a line."""
    networks = [row for row in found["rows"] if "kernels" in row]
    others = [row for row in found["rows"] if "kernels" not in row]
    lines = [
        f"{found['card']}, {found['memory_gib']} GiB, {found['cores']} cores, torch "
        f"{found['torch']}; folds of {found['corpus']}.",
        "",
        f"| network | {' | '.join(HEADINGS.values())} |",
        "| --- |" + " ---: |" * len(HEADINGS),
    ]
    for row in networks:
        cells = [_shown(row.get(key, "–")) for key in HEADINGS]
        lines.append(f"| {row['what']} | {' | '.join(cells)} |")
    lines += ["", "| what | result | s |", "| --- | --- | ---: |"]
    for row in others:
        lines.append(f"| {row['what']} | {row['result']} | {_shown(row.get('seconds', '–'))} |")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
