"""A Slurm cluster of one node on this machine, and a small sweep to send through it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DAEMONS = ("slurmctld", "slurmd", "munged", "sbatch", "scontrol")


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a cluster; gives the environment of its users."""
    absent = [name for name in DAEMONS if shutil.which(name) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed: apt-get install slurm-wlm munge")
    folder = tmp_path_factory.mktemp("slurm")
    up = subprocess.run([HERE / "slurm_up.sh", folder], capture_output=True, text=True, check=False)
    assert up.returncode == 0, up.stderr
    env = {"SLURM_CONF": f"{folder}/slurm.conf", "PATH": f"{folder}/bin:{os.environ['PATH']}"}
    yield env
    subprocess.run([HERE / "slurm_down.sh", folder], check=False)
