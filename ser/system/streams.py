"""Print to terminals and files that do not know every letter."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def print_any_letter() -> None:
    """Let ``?`` stand for what standard output and standard error cannot write.

    A locale without UTF-8, or a file name that is no text, would end a finished training in a
    ``UnicodeEncodeError`` otherwise.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")
