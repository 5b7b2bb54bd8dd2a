"""A part of the published sweep, in one process and in several, and how busy the device is."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from benchmarks.cuda.commands import train
from benchmarks.cuda.table import add

WORDS = ("-m", "+sweep=networks", "model=cnn1d,cnn1d_lstm,lstm,resnet", "cv=stratified")
CELLS = 40


def main(lines: Path, folder: Path, seconds: float) -> None:
    """Sweep for as long as there is time."""
    end = time.monotonic() + seconds
    for name, more in {"one process": (), "joblib": ("hydra/launcher=joblib",)}.items():
        left = (end - time.monotonic()) * (0.6 if not more else 0.9)
        with Busy() as busy:
            ended = train(folder / name.split()[0], *WORDS, *more, seconds=left)
        share = f"{busy.share:.0%}" if busy.samples else "unknown"
        done = f"{len(ended.cells)} of {CELLS} cells, device busy {share} of the time"
        why = f"; {ended.why}" if ended.why else ""
        add(lines, "sweep", f"sweep, {name}", result=done + why, seconds=ended.seconds)


class Busy:
    """Samples of how busy the device is, as ``nvidia-smi`` says."""

    def __init__(self) -> None:
        self.samples: list[float] = []
        self.stop = Event()
        self.thread = Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Busy:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    @property
    def share(self) -> float:
        """Mean of the samples."""
        return sum(self.samples) / max(len(self.samples), 1)

    def _sample(self) -> None:
        query = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
        while not self.stop.wait(1.0):
            try:
                found = subprocess.run(query, capture_output=True, text=True, check=True, timeout=5)
            except (OSError, subprocess.SubprocessError):
                return
            self.samples.append(float(found.stdout.split()[0]) / 100)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
