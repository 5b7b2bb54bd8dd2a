"""Import large packages without the garbage collector, which finds nothing in them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the collector off while a block imports, and let it leave alone what is there then.

    Collections cost a fifth of the time that PyTorch and Lightning take to be imported; going
    through all of their objects once more costs a second at the end of a process. Only for entry
    points: a library does not decide so for its host.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
