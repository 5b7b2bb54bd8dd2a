"""A sweep that is killed again and again loses nothing, and ends as one that was left in peace."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from sweeping import predictions, sweep_command

STEPS = ("data.batch_size=4", "trainer.max_epochs=30", "snapshots=0")


@pytest.fixture(scope="module")
def undisturbed(emodb, tmp_path_factory):
    """Predictions of the sweep when nothing happens."""
    output = tmp_path_factory.mktemp("undisturbed")
    command = sweep_command(emodb, output, *STEPS, cv="kfold")
    subprocess.run(command, capture_output=True, check=True)
    return predictions(output)


def checkpoints(output: Path) -> set[tuple[str, int]]:
    """What the sweep has kept of its epochs so far: it changes with every epoch."""
    kept = set()
    for folder, _, names in os.walk(output):  # a folder may be gone by now; pathlib would raise
        with contextlib.suppress(FileNotFoundError):
            if "last.ckpt" in names:
                kept.add((folder, (Path(folder) / "last.ckpt").stat().st_mtime_ns))
    return kept


def kill_after(command: list[str], output: Path, epochs: int, delay: float) -> bool:
    """Kill the sweep so many epochs and then some seconds after its start; False: it had ended.

    Counted in epochs, not by the clock, so that it is cut as often on a fast machine.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    seen = checkpoints(output)
    while epochs and process.poll() is None:
        time.sleep(0.002)
        now = checkpoints(output)
        epochs, seen = epochs - (now != seen), now
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=delay)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def test_killed_at_five_random_moments_it_loses_nothing(emodb, tmp_path, undisturbed):
    """``python -m faults interruptions`` does so more often."""
    draw = random.Random(0)
    words = (*STEPS, f"data.cache={tmp_path / 'cache'}")
    command = sweep_command(emodb, tmp_path, *words, cv="kfold")
    moments = [(0, draw.uniform(0.0, 2.0))]
    moments += [(draw.randint(1, 8), draw.uniform(0.0, 0.03)) for _ in range(4)]
    draw.shuffle(moments)
    assert all(kill_after(command, tmp_path, *moment) for moment in moments)
    last = subprocess.run(command, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    assert predictions(tmp_path) == undisturbed
