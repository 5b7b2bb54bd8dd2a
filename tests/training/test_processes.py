"""Several processes that train one fold."""

from __future__ import annotations

import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

from ser.training.processes import EndTogether


def test_the_others_end_with_the_process_that_started_them() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        trainer: Any = SimpleNamespace(strategy=SimpleNamespace())
        trainer.strategy.launcher = SimpleNamespace(procs=[other])
        network: Any = None
        EndTogether().on_exception(trainer, network, SystemExit(130))
        assert other.wait(30) == -signal.SIGKILL


def test_a_process_alone_has_nobody_to_end() -> None:
    trainer: Any = SimpleNamespace(strategy=SimpleNamespace(launcher=None))
    network: Any = None
    EndTogether().on_exception(trainer, network, SystemExit(130))
