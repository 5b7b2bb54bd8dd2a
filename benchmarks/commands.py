"""Commands of this Python, each in a process of its own: run to its end, or watched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def start(module: Sequence[str], cache: Path, *options: str) -> str:
    """Run a module to its end and give what it told on stderr.

    Raises:
        RuntimeError: If it fails.
    """
    command = [sys.executable, *options, "-m", *module]
    env = {**os.environ, "SER_CACHE": str(cache)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stderr


def peak(words: Sequence[str], cache: Path) -> float:
    """Most memory that a Python process held, in MiB."""
    env = {**os.environ, "SER_CACHE": str(cache)}
    child = subprocess.Popen(
        [sys.executable, *words], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(words)} ended with status {status}")
    return usage.ru_maxrss / 1024
