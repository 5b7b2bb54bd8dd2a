"""A sweep through Ray gives what it gives in one process."""

from __future__ import annotations

import os
import subprocess

import pytest
from sweeping import predictions, sweep_command, table_of

pytest.importorskip("ray", reason="needs Ray: pip install 'ser[ray]'")
pytestmark = pytest.mark.cluster


def run(emodb, output, *words):
    return subprocess.run(
        sweep_command(emodb, output, *words),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "120"},
    )


def test_ray_gives_the_table_of_a_single_process(emodb, tmp_path):
    alone = run(emodb, tmp_path / "alone")
    words = ("hydra/launcher=ray", "hydra.launcher.ray.init.num_cpus=2")
    shared = run(emodb, tmp_path / "ray", *words)
    assert shared.returncode == 0, shared.stderr
    assert table_of(shared.stdout) == table_of(alone.stdout)
    assert predictions(tmp_path / "ray") == predictions(tmp_path / "alone")
