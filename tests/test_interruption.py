"""A sweep that is killed again and again loses nothing, and ends as one that was left in peace."""

from __future__ import annotations

import os
import random
import signal
import subprocess

import pytest
from sweeping import predictions, sweep_command

KILLS = 10
STEPS = ("data.batch_size=4", "trainer.max_epochs=30")


@pytest.fixture(scope="module")
def undisturbed(emodb, tmp_path_factory):
    """Predictions of the sweep when nothing happens."""
    output = tmp_path_factory.mktemp("undisturbed")
    subprocess.run(sweep_command(emodb, output, *STEPS), capture_output=True, check=True)
    return predictions(output)


def test_killed_at_ten_random_moments_it_loses_nothing(emodb, tmp_path, undisturbed):
    draw = random.Random(0)
    command = sweep_command(emodb, tmp_path, *STEPS, f"data.cache={tmp_path / 'cache'}")
    kills = 0
    while kills < KILLS:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            process.wait(timeout=draw.uniform(3.5, 7.5))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
        if process.returncode == 0:
            break
    last = subprocess.run(command, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    assert kills >= KILLS // 2
    assert predictions(tmp_path) == undisturbed
