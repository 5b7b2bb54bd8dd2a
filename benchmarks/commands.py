"""Commands of this Python, each in a process of its own: run to its end, or watched."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def start(module: Sequence[str], cache: Path, *options: str) -> str:
    """Run a module to its end and return its standard error.

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
    most = 0.0
    while child.poll() is None:
        # The kernel's own count of a child begins with what its parent held.
        status = Path(f"/proc/{child.pid}/status").read_text(encoding="utf-8")
        most = max([most, *(int(kib) / 1024 for kib in re.findall(r"VmHWM:\s+(\d+)", status))])
        time.sleep(0.02)
    if child.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {child.returncode}")
    return most
