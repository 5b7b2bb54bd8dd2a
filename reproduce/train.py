"""``python -m reproduce.train TABLE``: train the runs of a table one by one, and print it.

What is finished is skipped, and a run that fails stops no other.

Example: ``python -m reproduce.train leak``
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from reproduce import leak, published, readings, recipes, regimes
from reproduce.jobs import CONFIG, Job
from reproduce.tables import TABLES

JOBS: Mapping[str, Callable[[], list[Job]]] = {
    "published": published.jobs,
    "leak": leak.jobs,
    "regimes": regimes.jobs,
    "recipes": recipes.jobs,
    "readings": readings.jobs,
}


def main(words: Sequence[str] | None = None) -> None:
    """Train the runs of a table and print it.

    Raises:
        SystemExit: If a run failed; names all that did.
    """
    chosen, others = _parser().parse_known_args(words)
    jobs = [job for job in JOBS[chosen.table]() if _wanted(job, chosen.only)]
    failed = train(jobs, [f"output={chosen.output}", *others])
    sys.stdout.write(TABLES[chosen.table](chosen.output) + "\n")
    if failed:
        reason = f"{len(failed)} of {len(jobs)} runs failed; the same command tries them again:"
        raise SystemExit("\n  ".join([reason, *(" ".join(job.words) for job in failed)]))


def train(jobs: Iterable[Job], words: Sequence[str]) -> list[Job]:
    """Start ``ser.train`` for each job, whatever became of the one before.

    Args:
        jobs: What is to be trained.
        words: Settings of all of them, such as ``output=runs``.

    Returns:
        The jobs that failed.
    """
    return [job for job in jobs if _start([*job.words, *words])]


def _start(words: Sequence[str]) -> int:
    command = [sys.executable, "-m", "ser.train", "--config-dir", str(CONFIG), *words]
    return subprocess.run(command, check=False).returncode


def _wanted(job: Job, only: Sequence[str]) -> bool:
    """Whether a job was asked for; without a wish, all that need no licensed corpus."""
    return job.experiment in only if only else job.corpus != "iemocap"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m reproduce.train",
        description="Train the runs of a table and print it. Settings of ser.train that make no "
        "other run of it, such as fold=0 or trainer=cuda, hold for all.",
    )
    parser.add_argument("table", choices=JOBS)
    parser.add_argument("--output", type=Path, default=Path("runs"), help="folder of the runs")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="experiment; may be repeated"
    )
    return parser


if __name__ == "__main__":
    main()
