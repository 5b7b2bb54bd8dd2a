"""``python -m reproduce RESULTS``: the tables of README, from the predictions in RESULTS.

Example: ``python -m reproduce results --keep runs --readme README.md``
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reproduce import TABLES, fill, keep
from ser.runs.files import write_text


def main(words: Sequence[str] | None = None) -> None:
    """Print the tables, or write them to a text."""
    chosen = _parser().parse_args(words)
    if chosen.keep:
        keep(chosen.keep, chosen.results)
    if chosen.readme:
        write_text(chosen.readme, fill(chosen.readme.read_text("utf-8"), chosen.results))
    else:
        tables = (make(chosen.results) for make in TABLES.values())
        sys.stdout.write("\n\n".join(tables) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m reproduce", description="Recompute the tables of README from evidence."
    )
    parser.add_argument("results", nargs="?", type=Path, default=Path("results"))
    parser.add_argument("--keep", type=Path, help="folder of runs to keep the evidence of first")
    parser.add_argument("--readme", type=Path, help="text to write the tables to")
    return parser


if __name__ == "__main__":
    main()
