"""Ctrl-C before a command has begun ends it without a word; nothing slow is imported by then."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.test_doors import DOORS

SLOW = {"hydra", "omegaconf", "torch", "numpy", "pandas", "rich", "matplotlib"}
PROGRAM = "import os, signal, sys; sys.argv = {argv}; import ser; os.kill(os.getpid(), {number})"


def run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("name", ["-m", "/usr/bin/ser", "ser-train", "ser-app"])
def test_a_command_leaves_without_a_word(name: str) -> None:
    done = run(PROGRAM.format(argv=[name], number=int(signal.SIGINT)))
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")


def test_another_program_keeps_what_it_does_at_ctrl_c() -> None:
    assert (
        "KeyboardInterrupt" in run(PROGRAM.format(argv=["x.py"], number=int(signal.SIGINT))).stderr
    )


def test_ctrl_c_that_is_ignored_stays_so() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    assert run(ignored + PROGRAM.format(argv=["-m"], number=int(signal.SIGINT))).returncode == 0


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_open_before_anything_slow_is_imported(door: str) -> None:
    done = run(f"import sys, {door}; print(*sys.modules)")
    assert done.stdout
    assert not SLOW & set(done.stdout.split())
