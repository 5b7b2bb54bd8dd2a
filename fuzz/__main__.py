"""``python -m fuzz``: many inputs for every target, new ones each time.

An input with a bad end is made small, shown, and kept in ``.hypothesis``: it comes first next time.
``--write`` puts what came of them into the table of docs/reliability.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from faults.__main__ import PAGE
from faults.table import Row, written
from faults.trying import bound_memory
from fuzz.target import Target, every_target
from fuzz.trying import explore

WELL = "accepted, or refused in a sentence, within seconds and 4 GB of memory"
FRAMES = 4  # of a traceback, the last ones


def main(arguments: Sequence[str] | None = None) -> None:
    """Fuzz some targets, or all."""
    parser = argparse.ArgumentParser("python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="part of a name; all if none")
    parser.add_argument("--examples", type=int, default=2000, help="inputs for each (2000)")
    parser.add_argument("--seed", type=int, help="for the same inputs each time")
    parser.add_argument("--write", action="store_true", help="write the outcome into the docs")
    chosen = parser.parse_args(arguments)
    if chosen.write and chosen.targets:
        parser.error("the docs show all targets: leave the names out with --write")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    wanted = [target for target in every_target() if _is_wanted(target, chosen.targets)]
    if not wanted:
        names = ", ".join(target.name for target in every_target())
        parser.error(f"no target is called so; choose of {names}")
    bound_memory()  # after all imports, which take some
    rows = [_fuzzed(target, chosen.examples, chosen.seed, console) for target in wanted]
    if chosen.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), rows), "utf-8")
    if bad := sum(bool(row.broken) for row in rows):
        raise SystemExit(f"error: {bad} of {len(wanted)} targets had a bad end; see above.")


def _is_wanted(target: Target, words: Sequence[str]) -> bool:
    return not words or any(word in target.name for word in words)


def _fuzzed(target: Target, examples: int, seed: int | None, console: Console) -> Row:
    begin, broken = time.perf_counter(), {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            explore(target, Path(folder), examples, seed)
        except Exception as error:  # whatever it is, it is no sentence
            notes = "\n".join(getattr(error, "__notes__", ()))
            where = "".join(traceback.format_tb(error.__traceback__, limit=-FRAMES))
            console.print(f"BAD {target.name}: {type(error).__name__}: {error}\n{where}{notes}")
            broken[target.name] = str(error)
    seconds = time.perf_counter() - begin
    console.print(f"{target.name}: {examples} inputs, {seconds:.0f} s")
    return Row("fuzz", f"{target.name}, drawn anew", WELL, examples, broken, seconds)


if __name__ == "__main__":
    main()
