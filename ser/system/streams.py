"""Print to what does not know every letter, to what nobody reads, and to a full disk."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

from ser.system.letters import WAY

ERROR = 2  # number of standard error, the last of the three


def print_any_letter() -> None:
    """Let a sign alike, or a number, stand for what standard output and error cannot write.

    A locale without UTF-8, or a file name that is no text, would end a finished training in a
    ``UnicodeEncodeError`` otherwise. What was closed of them, or of standard input, leads nowhere:
    a file that is opened later would get its number, and with it what others print.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= ERROR:
        os.set_inheritable(number, True)
    os.close(number)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors=WAY)


class Lasting:
    """A stream that costs no training: once it cannot be written to, it is silent.

    Args:
        stream: Standard output or standard error, whose reader may be gone or whose disk be full.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written."""
        if self._stream is not None:  # as where standard output was closed
            self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Bring it to the reader, if there is one."""
        if self._stream is not None:
            self._try(self._stream.flush)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _try(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except ValueError:  # a closed file
            self._silence()
        except OSError as error:
            self._silence()
            if error.errno != errno.EPIPE and self._stream is not sys.stderr and sys.stderr:
                reason = f"warning: what is printed is lost ({error.strerror}); the work goes on.\n"
                Lasting(sys.stderr).write(reason)

    def _silence(self) -> None:
        """Send the rest to nowhere; Python itself writes it at the end, too."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
