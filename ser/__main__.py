"""``python -m ser``, or ``ser``: the commands there are, and the version.

Example: ``ser train model=cnn1d data=emodb`` is ``python -m ser.train model=cnn1d data=emodb``.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence

import ser
from ser.errors import likely
from ser.system.completion import bash
from ser.system.door import door
from ser.system.streams import Lasting

HELP = ("-h", "--help", "help")
VERSION = ("-V", "--version", "version")
COMPLETION = "completion"
OF_HYDRA = ("train", "audit", "explore")
# In the order in which they are used.
DOORS = {
    "train": "train and test a model by cross-validation; -m for sweeps",
    "audit": "look at a corpus and its folds before you train",
    "explore": "look at a corpus as a page",
    "status": "how far runs and sweeps are",
    "selection": "choose settings within each fold of a sweep",
    "report": "tables, Markdown, LaTeX and one page of all runs",
    "rerun": "repeat a run from its folder, and compare the predictions",
    "robustness": "how a run answers other recordings of what it held out",
    "predict": "emotions of audio files",
    "export": "a trained model for other programs",
    "app": "a local page to try a model on",
}


def main(words: Sequence[str] | None = None) -> None:
    """List the commands, say the version, or start one."""
    given = list(sys.argv[1:] if words is None else words)
    first, *rest = given or HELP[:1]
    if first in DOORS:
        _start(first, rest)
    else:
        _answer(first)


def _start(command: str, words: Sequence[str]) -> None:
    """Be ``python -m ser.COMMAND``, also for processes that it starts and for its own door."""
    sys.argv[1:] = words
    runpy.run_module(f"ser.{command}", run_name="__main__", alter_sys=True)


@door()
def _answer(word: str) -> None:
    if word in HELP:
        Lasting(sys.stdout).write(usage())
    elif word in VERSION:
        Lasting(sys.stdout).write(f"ser {ser.__version__}\n")
    elif word == COMPLETION:
        Lasting(sys.stdout).write(bash(DOORS, OF_HYDRA))
    else:
        raise SystemExit(
            f"error: {word!r} is no command{likely(word.lstrip('-'), DOORS)}; "
            f"choose one of {', '.join(DOORS)}."
        )


def usage() -> str:
    """Say which commands there are."""
    lines = [f"  {name:<11} {meaning}" for name, meaning in DOORS.items()]
    head = f"ser {ser.__version__}: speech emotion recognition whose numbers can be believed"
    return "\n".join(
        [
            head,
            "",
            "  ser COMMAND …, or python -m ser.COMMAND …",
            "",
            *lines,
            "",
            "ser COMMAND --help says what its settings mean. ser --version says which ser this is.",
            'Tab completion in bash: eval "$(python -m ser completion)".',
            "In Python: import ser; help(ser).",
            "",
        ]
    )


if __name__ == "__main__":
    main()
