"""Where a training runs: versions, machine and code revision."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from ser.runs.facts import Environment
from ser.runs.fingerprint import fingerprint
from ser.system.version import __version__

PACKAGES = ("torch", "torchaudio", "pytorch-lightning", "scikit-learn", "soundfile", "numpy")


@cache
def environment() -> Environment:
    """Versions, machine and code revision of this process; nothing here fails."""
    return {
        "versions": {
            "python": platform.python_version(),
            "ser": __version__,
            **{package: _version(package) for package in PACKAGES},
        },
        "platform": platform.platform(),
        "processor": platform.machine(),
        "threads": torch.get_num_threads(),
        "git": _revision(),
        "code": fingerprint(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a source tree on the path, which is as good
        return "not installed"


def _revision() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()
