"""What every command does first: print whatever comes, and end well when it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ser.system.stopping import ends_on_signals
from ser.system.streams import print_any_letter


@contextmanager
def door(kept: str = "nothing was changed") -> Iterator[None]:
    """Be a command while the block runs.

    Args:
        kept: What is left if somebody stops it, as the end of a sentence.
    """
    print_any_letter()
    with ends_on_signals(kept):
        yield
