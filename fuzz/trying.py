"""Hand inputs to a target, and refuse any other end than a good one or a sentence."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from faults.fault import PromiseError, check_sentence
from fuzz.target import Target
from ser.errors import SerError

FOUND = DirectoryBasedExampleDatabase(".hypothesis/fuzz")


class HungError(BaseException):
    """An attempt takes too long; no ``except Exception`` on the way may catch it."""


def explore(target: Target, folder: Path, examples: int, start: int | None = None) -> None:
    """Try many inputs; the first bad one is made as small as it can be, and raised with.

    Args:
        target: Where inputs arrive.
        folder: Empty folder to work in.
        examples: How many inputs to try.
        start: Seed, for the same inputs each time; None draws new ones, after those of before.
    """
    target.prepare(folder)
    test = property_of(target, folder, examples, remembers=start is None)
    (test if start is None else seed(start)(test))()


def property_of(target: Target, folder: Path, examples: int, *, remembers: bool) -> Any:
    """The test of Hypothesis that hands inputs to a target.

    Args:
        target: Where inputs arrive.
        folder: Folder to work in, which the target has prepared.
        examples: How many inputs it tries.
        remembers: Whether bad inputs are kept, and tried first the next time.
    """

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=False,
        database=FOUND if remembers else None,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(target.inputs)
    def attempted(drawn: Any) -> None:
        attempt(target, folder, drawn)

    return attempted


def attempt(target: Target, folder: Path, given: Any) -> None:
    """Hand one input over.

    Raises:
        PromiseError: If it ends in something that is no sentence for a user, or hangs.
    """
    try:
        with _at_most(target.seconds):
            target.attempt(folder, given)
    except (SerError, SystemExit) as error:
        check_sentence(str(error))
    except target.allowed:
        pass
    except HungError as error:
        raise PromiseError(f"takes more than {target.seconds:g} s") from error
    except MemoryError as error:
        raise PromiseError("asks for more memory than there may be") from error


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Interrupt what takes too long, where the system can and this is the main thread."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def hung(*_: object) -> None:
        raise HungError

    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
