"""``ser.train`` as a command on a GPU, and what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ser.evaluation.figures import figures
from ser.runs.checked import read_cell
from ser.runs.layout import DONE

WAIT = 0.005  # s between two looks at a folder


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Args:
        code: Its exit code.
        seconds: How long it took.
        said: Last lines of what it said.
        output: Folder of its runs.
    """

    code: int
    seconds: float
    said: str
    output: Path

    @property
    def why(self) -> str:
        """Nothing of a command that ended well; else its last line."""
        last = self.said.strip().splitlines()[-1:] or [""]
        return "" if self.code == 0 else f"exit code {self.code}: {last[0][:200]}"

    @property
    def cells(self) -> dict[str, Path]:
        """Folders of finished cells, by run."""
        found = sorted(self.output.rglob(DONE))
        return {str(path.parent.relative_to(self.output)): path.parent for path in found}


def start(output: Path, *words: str) -> subprocess.Popen[str]:
    """Start a training, on EmoDB where ``SER_EMODB`` names it."""
    corpus = "emodb" if os.environ.get("SER_EMODB") else "synthetic"
    device = os.environ.get("SER_TRAINER", "cuda")
    settings = [*words, f"data={corpus}", f"trainer={device}", f"output={output}"]
    return subprocess.Popen(
        [sys.executable, "-m", "ser.train", *settings],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def train(
    output: Path, *words: str, seconds: float = 60, until: Callable[[], bool] | None = None
) -> Ended:
    """Train to the end; or to SIGTERM, after some seconds or once something has come about."""
    begin = time.monotonic()
    process = start(output, *words)
    if until is not None:
        while process.poll() is None and not until() and time.monotonic() - begin < seconds:
            time.sleep(WAIT)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        seconds = 10
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        try:
            said, _ = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    return Ended(process.returncode, time.monotonic() - begin, said, output)


def uar(cell: Path) -> float:
    """UAR of the test side."""
    table = read_cell(cell).predictions
    return figures(table["truth"].tolist(), table["prediction"].tolist())["uar"]


def apart(first: Path, second: Path) -> float:
    """Largest difference of two probabilities of one utterance."""
    shares = [read_cell(cell).predictions.filter(like="p_").to_numpy() for cell in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())
