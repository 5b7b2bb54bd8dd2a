"""SIGTERM, by which clusters take a machine away, ends a training within seconds.

Lightning looks at a signal after a step alone, and neither a compilation nor an extraction does.
Here it ends whatever runs as an exception, which releases what is held. Where that does not get
through, as in a long call of a library, the process is ended from beside. What a run keeps is
written whole or not at all, so that the same command goes on from the last snapshot.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 5.0  # s for an orderly end
CODE = 128 + signal.SIGTERM  # what shells and clusters know it by


class StoppedError(SystemExit):
    """The process was asked to end."""


@contextmanager
def ends_on_sigterm() -> Iterator[None]:
    """End the process if SIGTERM comes while the block runs, with exit code 143.

    Whoever has a handler of their own, such as a launcher of a cluster, keeps it.
    """
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    heard, rings = os.pipe()
    os.set_blocking(rings, False)
    threading.Thread(target=_watch, args=(heard,), name="sigterm", daemon=True).start()
    before = signal.set_wakeup_fd(rings, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except StoppedError:
        sys.stderr.write("SIGTERM: ended here; the same command goes on from the last snapshot.\n")
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.set_wakeup_fd(before)
        os.close(rings)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    raise StoppedError(CODE)


def _watch(heard: int) -> None:
    """End the process some seconds after the signal, if it is there still."""
    with os.fdopen(heard, "rb", buffering=0) as numbers:
        while number := numbers.read(1):
            if number[0] == signal.SIGTERM:
                time.sleep(GRACE)
                os._exit(CODE)
