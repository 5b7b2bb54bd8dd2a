"""Ctrl-C before a command has begun, when Python would show what it was importing."""

from __future__ import annotations

import os
import signal
import sys


def leave(number: int, frame: object) -> None:
    """End without a word: nothing was done yet."""
    os._exit(128 + number)


def leave_early() -> None:
    """Let ``python -m ser.…`` leave at a signal until its door is open; no other program."""
    if sys.argv[:1] != ["-m"]:  # what Python puts there while it looks for a module to run
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)
