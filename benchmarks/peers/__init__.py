"""Other people's way of doing it, in a Python environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence

PACKAGES = ("keras", "tensorflow-cpu", "nkululeko")
VERSIONS = """
import json, sys
from importlib.metadata import distributions
found = {each.metadata["Name"].lower(): each.version for each in distributions()}
print(json.dumps({name: found[name] for name in sys.argv[1:] if name in found}))
"""
Completed = subprocess.CompletedProcess[str]


def run(words: Sequence[str], more: Mapping[str, str] | None = None) -> Completed:
    """Run the Python that ``SER_PEERS`` names, and return what it printed.

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


def versions() -> dict[str, str]:
    """Versions of those packages that are installed there; none without ``SER_PEERS``."""
    if "SER_PEERS" not in os.environ:
        return {}
    found: dict[str, str] = json.loads(run(["-c", VERSIONS, *PACKAGES]).stdout)
    return found
