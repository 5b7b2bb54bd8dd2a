"""``python -m ser``, or ``ser``: the commands there are, and the version.

Example: ``ser train model=cnn1d data=emodb`` is ``python -m ser.train model=cnn1d data=emodb``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import ser
from ser.errors import likely
from ser.system.door import door
from ser.system.streams import Lasting

HERE = Path(__file__).parent
HELP = ("-h", "--help", "help")
VERSION = ("-V", "--version", "version")
# In the order in which they are used; one that is not here yet, or any more, is not shown.
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


@door()
def main(words: Sequence[str] | None = None) -> None:
    """List the commands, say the version, or start one."""
    given = list(sys.argv[1:] if words is None else words)
    first, *rest = given or HELP[:1]
    if first in HELP:
        Lasting(sys.stdout).write(usage())
    elif first in VERSION:
        Lasting(sys.stdout).write(f"ser {ser.__version__}\n")
    elif first in doors():
        sys.argv = [f"ser {first}", *rest]
        package = (HERE / first / "__main__.py").is_file()
        import_module(f"ser.{first}.__main__" if package else f"ser.{first}").main()
    else:
        raise SystemExit(
            f"error: {first!r} is no command{likely(first.lstrip('-'), doors())}; "
            f"choose one of {', '.join(doors())}."
        )


def usage() -> str:
    """Say which commands there are."""
    lines = [f"  {name:<11} {meaning}" for name, meaning in doors().items()]
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
            "In Python: import ser; help(ser).",
            "",
        ]
    )


def doors() -> dict[str, str]:
    """The commands that this version has, and what they are for."""
    return {
        name: meaning
        for name, meaning in DOORS.items()
        if (HERE / f"{name}.py").is_file() or (HERE / name / "__main__.py").is_file()
    }


if __name__ == "__main__":
    main()
