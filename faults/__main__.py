"""``python -m faults``: damage things on purpose, and say what came of it.

Ends with an error if a promise was broken; ``--write`` puts the table into docs/reliability.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from faults.table import tabulated, written
from faults.trying import attempt
from ser.training.imports import import_job

PARTS = ("interruptions", "edits", "stores", "models", "sound")
LONG = ("cases", "soak")  # by name alone: of make test, and half an hour
PAGE = Path(__file__).parents[1] / "docs/reliability.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Try some parts, or all."""
    parser = argparse.ArgumentParser("python -m faults", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join((*PARTS, *LONG))}")
    parser.add_argument("--most", type=int, help="ways of each fault to try; all if left out")
    parser.add_argument("--write", action="store_true", help="write the table into the docs")
    chosen = parser.parse_args(arguments)
    every = (*PARTS, *LONG)
    if unknown := set(chosen.parts) - set(every):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(every)}")
    import_job()
    rows = [row for name in chosen.parts or PARTS for row in attempt(name, chosen.most)]
    console = Console(soft_wrap=True, highlight=False)
    for line in (line for row in rows for line in row.complaints):
        console.print(line, markup=False)
    console.print(tabulated(rows))
    if chosen.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), rows), "utf-8")
    if broken := sum(len(row.broken) for row in rows):
        raise SystemExit(f"error: {broken} promises were broken; the lines above say which.")


if __name__ == "__main__":
    main()
