"""``python -m reproduce RESULTS``: the tables and pictures of the predictions in RESULTS.

``python -m reproduce board`` trains the rows of the board instead (``reproduce.board.train``).

Example: ``python -m reproduce results --keep runs --write README.md docs/results.md --pictures``
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reproduce.keep import keep
from reproduce.tables import TABLES, fill
from ser.errors import SerError
from ser.runs.files import write_text


def main(words: Sequence[str] | None = None) -> None:
    """Print the tables, or write them and the pictures to where they are shown.

    Raises:
        SystemExit: If the predictions make no table, in one sentence.
    """
    given = sys.argv[1:] if words is None else words
    if given[:1] == ["board"]:
        from reproduce.board.train import main as train  # noqa: PLC0415 - tables need none of it

        train(given[1:])
        return
    try:
        _make(_parser().parse_args(given))
    except SerError as error:
        raise SystemExit(f"error: {error}") from error


def _make(chosen: argparse.Namespace) -> None:
    if chosen.keep:
        keep(chosen.keep, chosen.results, sides=chosen.sides)
    for path in chosen.write:
        write_text(path, fill(path.read_text("utf-8"), chosen.results))
    if chosen.pictures:
        from reproduce.pictures import draw  # noqa: PLC0415 - slow to import

        draw(chosen.results)
    if not (chosen.write or chosen.pictures):
        tables = (make(chosen.results) for make in TABLES.values())
        sys.stdout.write("\n\n".join(tables) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m reproduce", description="Make tables and pictures of the kept predictions."
    )
    parser.add_argument("results", nargs="?", type=Path, default=Path("results"))
    parser.add_argument("--keep", type=Path, help="folder of runs to keep the evidence of first")
    parser.add_argument("--sides", action="store_true", help="keep who was on which side, too")
    parser.add_argument(
        "--write", nargs="+", type=Path, default=[], help="texts to write the tables to"
    )
    parser.add_argument("--pictures", action="store_true", help="draw the pictures anew")
    return parser


if __name__ == "__main__":
    main()
