"""Other people's way of doing it, in a Python environment of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from subprocess import CompletedProcess


def run(
    words: Sequence[str], more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the Python that ``SER_PEERS`` names, and give what it told.

    Args:
        words: What follows the interpreter on the command line.
        more: Variables of the environment.

    Raises:
        RuntimeError: If ``SER_PEERS`` is not set, or what was run failed.
    """
    python = os.environ.get("SER_PEERS")
    if not python:
        raise RuntimeError(
            "SER_PEERS names no Python with benchmarks/peers/requirements.txt in it; "
            "`make bench` makes one."
        )
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **(more or {})}
    done = subprocess.run([python, *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done
