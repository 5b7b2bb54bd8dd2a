"""A cell is trained by one process at a time, and whoever died blocks nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from ser.runs.claim import ClaimedError, claim, worker_on
from ser.runs.files import create_json

HOLD = """
import sys, time
from pathlib import Path
from ser.runs.claim import claim
with claim(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the cell ``tmp_path``."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_cell_that_is_trained_elsewhere_is_left_to_it(holder, tmp_path):
    with pytest.raises(ClaimedError, match=f"process {holder.pid} on"), claim(tmp_path):
        pytest.fail("claimed twice")
    assert worker_on(tmp_path).pid == holder.pid


def test_a_killed_process_blocks_nobody(holder, tmp_path):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert worker_on(tmp_path) is None
    with claim(tmp_path):
        assert worker_on(tmp_path).pid == os.getpid()
    assert worker_on(tmp_path) is None


def write_record(folder, age, **facts):
    record = folder / "running.json"
    record.write_text(json.dumps({"host": "elsewhere", "pid": 1, "since": 0.0, "job": "", **facts}))
    os.utime(record, (time.time() - age,) * 2)


def test_a_machine_whose_locks_are_not_seen_is_known_by_its_heartbeat(tmp_path):
    write_record(tmp_path, age=5)
    assert worker_on(tmp_path).host == "elsewhere"
    with pytest.raises(ClaimedError, match="process 1 on elsewhere"), claim(tmp_path):
        pytest.fail("claimed though another machine is at work")


def test_a_machine_that_fell_silent_is_taken_for_dead(tmp_path):
    write_record(tmp_path, age=3600)
    assert worker_on(tmp_path) is None
    with claim(tmp_path):
        assert worker_on(tmp_path).pid == os.getpid()


def test_a_job_that_was_queued_again_is_not_in_its_own_way(tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "42")
    write_record(tmp_path, age=5, job="42")
    with claim(tmp_path):
        assert worker_on(tmp_path).pid == os.getpid()


def test_of_several_that_create_a_file_one_succeeds(tmp_path):
    assert create_json(tmp_path / "a.json", 1) is True
    assert create_json(tmp_path / "a.json", 2) is False
    assert json.loads((tmp_path / "a.json").read_text()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
