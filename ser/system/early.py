"""Ctrl-C before a command has begun, when Python would show what it was importing."""

from __future__ import annotations

import os
import signal
import sys

MODULE = "-m"  # what Python puts first while it looks for a module to run
SCRIPTS = ("ser", "ser-train", "ser-predict", "ser-export", "ser-app")  # that are installed


def leave(number: int, frame: object) -> None:
    """End without a word: nothing was done yet."""
    os._exit(128 + number)


def leave_early() -> None:
    """Let ``python -m ser.…`` and ``ser`` leave at a signal until their door is open, alone."""
    name = os.path.basename("".join(sys.argv[:1]))  # noqa: PTH119 - pathlib takes a while
    if name.removesuffix(".exe") not in (MODULE, *SCRIPTS):
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
