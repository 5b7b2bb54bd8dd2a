"""What a logger is asked to do: begin a run of its own for a fold, note figures, end it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ser.errors import ConfigError

FINISHED, FAILED, STOPPED = "finished", "failed", "stopped"


@dataclass(frozen=True)
class Story:
    """What a fold is called, and what is to be known of it.

    Args:
        folder: Folder of the fold.
        output: Folder that the runs are in.
        group: Name of the run that it is a fold of, such as ``emodb/cnn1d/speaker``.
        name: Name of the fold in it, such as ``fold-03/seed-0``.
        facts: Fold, seed, regime, features, protocol and the like.
        settings: Settings of the run, as dotted keys.
        stamp: What forbids to compare its figures, such as a leak; mostly empty.
        epoch: Epoch at which it goes on, of a fold that was interrupted.
    """

    folder: Path
    output: Path
    group: str
    name: str
    facts: Mapping[str, Any]
    settings: Mapping[str, Any]
    stamp: str = ""
    epoch: int = 0


class Tracker(ABC):
    """A logger that makes one run of each fold."""

    package = ""  # what it needs, if that is an extra

    def __init__(self) -> None:
        if self.package and find_spec(self.package) is None:
            extra = self.package.partition(".")[0]
            raise ConfigError(
                f"logger={extra} needs the package {extra}, which is not installed; pip install "
                f"'ser-bench[{extra}]', or in a clone '.[{extra}]', or leave logger out: the CSV "
                "is written anyway."
            )

    @abstractmethod
    def begin(self, story: Story) -> None:
        """Begin a run."""

    @abstractmethod
    def note(self, figures: Mapping[str, float], epoch: int) -> None:
        """Note the figures of an epoch, counted from 0."""

    @abstractmethod
    def end(self, figures: Mapping[str, float], state: str) -> None:
        """Note the figures of the test side, and close the run.

        Args:
            figures: Such as ``test/uar``; empty where the fold was not finished.
            state: ``FINISHED``, ``FAILED`` or ``STOPPED``.
        """
