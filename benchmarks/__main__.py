"""``python -m benchmarks``: measure, print the table, write results.json and README's tables."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.parts import PARTS
from benchmarks.results import Results, terminal

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure some parts; each replaces its own lines in the results when it is done."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that a median is taken of")
    parser.add_argument(
        "--quick", action="store_true", help="few files and networks, to try it; keeps nothing"
    )
    parser.add_argument("--output", type=Path, default=HERE / "results.json")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    results, machine = Results.read(chosen.output), describe()
    for name in chosen.parts or PARTS:
        results = results.replaced(name, measure(name, chosen.rounds, chosen.quick), machine)
        if not chosen.quick:
            results.write(chosen.output)
        terminal(name, results)
    if chosen.output == HERE / "results.json" and not chosen.quick:
        results.write_tables(HERE / "README.md")


def measure(name: str, rounds: int, quick: bool) -> list[dict[str, object]]:
    """Lines of a part, each number of threads in a process that is pinned to as many cores."""
    found: list[dict[str, object]] = []
    for threads in PARTS[name].threads:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.json"
            words = [name, str(threads), str(rounds), str(int(quick)), str(path)]
            command = [sys.executable, "-m", "benchmarks.parts", *words]
            env = {**os.environ, "OMP_NUM_THREADS": str(threads)}
            subprocess.run(command, check=True, env=env)
            found += Results.rows_in(path)
    return found


if __name__ == "__main__":
    main()
