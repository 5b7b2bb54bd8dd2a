"""Ctrl-C, and SIGTERM, by which clusters take a machine away, end a command within seconds.

Lightning looks at a signal after a step alone, and neither a compilation nor an extraction does.
Here it ends whatever runs as an exception, which releases what is held. Where that does not get
through, as in a long call of a library, or where a second one comes, the process is ended from
beside. What a run keeps is written whole or not at all, so that the same command goes on from the
last snapshot.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from types import FrameType
from typing import Any

from ser.system.early import leave

GRACE = 5.0  # s for an orderly end
USUAL: Mapping[signal.Signals, Sequence[Any]] = {
    signal.SIGTERM: (signal.SIG_DFL,),
    signal.SIGINT: (signal.default_int_handler, leave),
}
NAMES: Mapping[int, str] = {signal.SIGTERM: "SIGTERM", signal.SIGINT: "Ctrl-C"}
KEPT = "finished folds are kept, and the same command goes on from the last snapshot"


class StoppedError(SystemExit):
    """The process was asked to end; its code is the one by which shells know the signal."""


@contextmanager
def ends_on_signals(kept: str) -> Iterator[None]:
    """End the process if Ctrl-C or SIGTERM comes while the block runs, with code 130 or 143.

    Whoever has a handler of their own, such as a launcher of a cluster, keeps it.

    Args:
        kept: What is left of the work, as the end of a sentence.
    """
    handlers = {number: signal.getsignal(number) for number in USUAL}
    ours = {number: found for number, found in handlers.items() if found in USUAL[number]}
    if threading.current_thread() is not threading.main_thread() or not ours:
        yield
        return
    heard, rings = os.pipe()
    os.set_blocking(rings, False)
    said = threading.Event()
    watch = (heard, kept, ours, said)
    threading.Thread(target=_watch, args=watch, name="signals", daemon=True).start()
    before = signal.set_wakeup_fd(rings, warn_on_full_buffer=False)
    for number in ours:
        signal.signal(number, _stop)
    try:
        yield
    except StoppedError as error:  # the watch goes on: Python waits for threads at its end
        said.set()
        _say(int(str(error.code)) - 128, kept)
        raise
    except BaseException:
        _restore(ours, before, rings)
        raise
    else:
        _restore(ours, before, rings)


def _restore(handlers: Mapping[signal.Signals, Any], before: int, rings: int) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
    signal.set_wakeup_fd(before)
    os.close(rings)


def leave_ctrl_c_to_the_parent() -> None:
    """Let a worker process end without a word: a terminal sends Ctrl-C to all, and one answers."""
    if parent_process() is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))


def _stop(number: int, frame: FrameType | None) -> None:
    for each in USUAL:
        if signal.getsignal(each) is _stop:
            signal.signal(each, _again)
    raise StoppedError(128 + number)


def _again(number: int, frame: FrameType | None) -> None:
    """Do nothing: the thread that watches counts them."""


def _watch(heard: int, kept: str, ours: Container[int], said: threading.Event) -> None:
    """End the process at the second signal of ours, or some seconds after the first."""
    with os.fdopen(heard, "rb", buffering=0) as numbers:
        while first := numbers.read(1):
            if first[0] not in ours:
                continue
            if _another(numbers.fileno(), ours):
                if not said.is_set():
                    _say(first[0], kept)
                os._exit(128 + first[0])
            return


def _another(heard: int, ours: Container[int]) -> bool:
    """Wait for another signal, or until the time for an orderly end is over; no if it came."""
    end = time.monotonic() + GRACE
    while (left := end - time.monotonic()) > 0:
        if select.select([heard], [], [], left)[0]:
            found = os.read(heard, 1)
            if not found:
                return False
            if found[0] in ours:
                return True
    return True


def _say(number: int, kept: str) -> None:
    with suppress(OSError, ValueError, AttributeError):  # nobody may be there to read it
        sys.stderr.write(f"\n{NAMES[number]}: ended here; {kept}.\n")
        sys.stderr.flush()
