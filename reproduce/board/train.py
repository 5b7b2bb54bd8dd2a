"""``python -m reproduce board``: train the rows of the board one by one, and print its tables.

Each command is printed before it is started; what is finished is skipped, and a run that fails
stops no other.

Example: ``python -m reproduce board --rows cnn1d,lstm --cv speaker --output runs``
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from reproduce.board.row import REGIMES, Row, read_rows
from reproduce.board.tables import board, pretrained
from ser.errors import check_choice


def main(words: Sequence[str] | None = None) -> None:
    """Train rows, and print the tables.

    Raises:
        SystemExit: If a command failed; repeats all that did.
    """
    chosen, others = _parser().parse_known_args(words)
    commands = [
        [*command, *others]
        for row in wanted(chosen.rows)
        for command in row.commands(chosen.output, chosen.cv)
    ]
    if chosen.list:
        sys.stdout.write("".join(f"{spelt(command)}\n" for command in commands))
        return
    failed = [command for command in commands if _start(command)]
    sys.stdout.write(f"{board(chosen.output)}\n\n{pretrained(chosen.output)}\n")
    if failed:
        reason = f"{len(failed)} of {len(commands)} commands failed; the same command tries again:"
        raise SystemExit("\n  ".join([reason, *map(spelt, failed)]))


def wanted(names: Sequence[str]) -> list[Row]:
    """List the rows to train for those that are asked for; all that can be trained if none is.

    Raises:
        ConfigError: If there is no such row.
    """
    rows = read_rows()
    for name in names:
        check_choice("--rows", name, [row.name for row in rows])
    parts = {part for row in rows if row.name in names for part in row.mean}
    return [row for row in rows if row.words and (not names or row.name in {*names, *parts})]


def spelt(command: Sequence[str]) -> str:
    """Write a command as one types it."""
    return shlex.join(["python", "-m", *command])


def _start(command: Sequence[str]) -> int:
    sys.stdout.write(f"{spelt(command)}\n")
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", *command], check=False).returncode


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m reproduce board",
        description="Train rows of the board and print it. Settings of ser.train that make no "
        "other run of it, such as trainer=cuda, hold for all.",
    )
    parser.add_argument("--rows", type=_names, default=[], help="names of rows; all if left out")
    parser.add_argument("--cv", type=_names, default=list(REGIMES), help="regimes")
    parser.add_argument("--output", type=Path, default=Path("runs"), help="folder of the runs")
    parser.add_argument("--list", action="store_true", help="print the commands alone")
    return parser
