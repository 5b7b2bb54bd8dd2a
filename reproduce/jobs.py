"""A training of the reproduction: what ``ser.train`` is called with, and where its run lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ser.runs.names import run_name

CONFIG = Path(__file__).parent / "conf"  # for ser.train --config-dir


@dataclass(frozen=True)
class Job:
    """A training.

    Args:
        corpus: Choice of ``data``.
        model: Choice of ``model``.
        cv: Choice of ``cv``.
        experiment: Experiment below ``conf``, or an empty string.
        changed: What else is changed, such as ``protocol=honest``.
        name: Name of the run, where it is not made from experiment and changes.
    """

    corpus: str
    model: str
    cv: str
    experiment: str = ""
    changed: tuple[str, ...] = ()
    name: str = ""

    @property
    def words(self) -> list[str]:
        """Command line of ``ser.train``."""
        experiment = [f"experiment={self.experiment}"] if self.experiment else []
        choices = [f"data={self.corpus}", f"model={self.model}", f"cv={self.cv}"]
        return [*experiment, *choices, *self.changed, *([f"name={self.name}"] if self.name else [])]

    @property
    def run(self) -> Path:
        """Folder of the run, below the folder of all runs."""
        choices = {"data": self.corpus, "model": self.model, "cv": self.cv}
        return run_name({**choices, "experiment": self.experiment}, self.changed, self.name)
