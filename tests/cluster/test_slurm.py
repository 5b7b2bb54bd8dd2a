"""A sweep through Slurm gives what it gives in one process, whatever is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from sweeping import predictions, sweep, sweep_command, table_of

pytestmark = pytest.mark.cluster
LAUNCHER = (
    "hydra/launcher=slurm",
    "hydra.launcher.cpus_per_task=1",
    "hydra.launcher.mem_gb=2",
    "hydra.launcher.timeout_min=10",
    "hydra.launcher.max_array_size=3",
)
EPOCHS = "trainer.max_epochs=60"
PATIENT = 240  # s


@pytest.fixture(scope="module")
def alone(emodb, tmp_path_factory):
    """The sweep in one process; gives its output folder and the table at its end."""
    output = tmp_path_factory.mktemp("alone")
    done = sweep(emodb, output, EPOCHS)
    assert done.returncode == 0, done.stderr
    return output, table_of(done.stdout)


def start(emodb, output, env, *words):
    """Start a sweep in a process group of its own."""
    return subprocess.Popen(
        sweep_command(emodb, output, *words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
        start_new_session=True,
    )


def wait_for(output: Path, name: str) -> Path:
    """Wait until some cell has a file of this name."""
    until = time.monotonic() + PATIENT
    while time.monotonic() < until:
        if found := sorted(output.glob(f"emodb/*/*/*/fold-*/seed-*/{name}")):
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"no cell had {name} within {PATIENT} s")


def complete(emodb, output, env):
    """Start the same sweep again until nothing is left; gives its last table."""
    for _ in range(4):
        done = sweep(emodb, output, *LAUNCHER, EPOCHS, env=env)
        if done.returncode == 0:
            return table_of(done.stdout)
    pytest.fail(done.stderr)


def test_arrays_of_slurm_give_the_table_of_a_single_process(emodb, slurm, alone, tmp_path):
    done = sweep(emodb, tmp_path, *LAUNCHER, EPOCHS, env=slurm)
    assert done.returncode == 0, done.stderr
    assert table_of(done.stdout) == alone[1]
    assert predictions(tmp_path) == predictions(alone[0])
    arrays = [path for path in (tmp_path / "slurm").iterdir() if path.name.isdigit()]
    assert len(arrays) == 2  # four jobs, three an array


def test_a_killed_job_fails_alone_and_the_same_command_completes_it(emodb, slurm, alone, tmp_path):
    submitter = start(emodb, tmp_path, slurm, *LAUNCHER, EPOCHS, "snapshots=0")
    killed = wait_for(tmp_path, "running.json")
    wait_for(tmp_path, "checkpoints/last.ckpt")
    os.kill(json.loads(killed.read_text())["pid"], signal.SIGKILL)
    assert submitter.wait(PATIENT) == 1
    assert len(list(tmp_path.glob("emodb/*/*/*/fold-*/seed-*/done"))) == 3
    assert not (killed.parent / "done").exists()
    assert complete(emodb, tmp_path, slurm) == alone[1]
    assert predictions(tmp_path) == predictions(alone[0])


def test_jobs_outlive_the_process_that_submitted_them(emodb, slurm, alone, tmp_path):
    submitter = start(emodb, tmp_path, slurm, *LAUNCHER, EPOCHS)
    wait_for(tmp_path, "running.json")
    os.killpg(submitter.pid, signal.SIGKILL)
    submitter.wait()
    assert complete(emodb, tmp_path, slurm) == alone[1]
    assert predictions(tmp_path) == predictions(alone[0])
