"""Tab completion in bash: commands, groups, choices and settings, however the command is called."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ser.__main__ import DOORS, OF_HYDRA
from ser.system.completion import bash

PROGRAM = """
try() {
    COMP_LINE=$1 COMP_POINT=${#1}
    COMPREPLY=()
    _ser_complete
    echo "${COMPREPLY[*]}"
}
try "python -m ser.rer"
try "ser ex"
try "python -m ser.train data=synthetic model=cnn1d"
try "python elsewhere.py mod"
try "python -m ser.status ru"
"""


def test_bash_completes_commands_and_asks_hydra_for_the_rest(tmp_path: Path) -> None:
    shell = shutil.which("bash") or pytest.skip("needs bash")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    script = f"export PATH={tmp_path}:$PATH\n{bash(DOORS, OF_HYDRA)}{PROGRAM}"
    found = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines() == ["ser.rerun", "explore export", "cnn1d cnn1d_lstm", "", ""]
