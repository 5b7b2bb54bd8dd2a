"""A sweep through Ray gives what it gives in one process."""

from __future__ import annotations

import pytest
from sweeping import predictions, sweep, table_of

pytest.importorskip("ray", reason="needs Ray: pip install '.[ray]'")
pytestmark = pytest.mark.cluster


def test_ray_gives_the_table_of_a_single_process(emodb, tmp_path):
    alone = sweep(emodb, tmp_path / "alone")
    words = ("hydra/launcher=ray", "hydra.launcher.ray.init.num_cpus=2")
    shared = sweep(emodb, tmp_path / "ray", *words)
    assert shared.returncode == 0, shared.stderr
    assert table_of(shared.stdout) == table_of(alone.stdout)
    assert predictions(tmp_path / "ray") == predictions(tmp_path / "alone")
