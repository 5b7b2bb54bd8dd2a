"""Import PyTorch and Lightning without the garbage collector, which finds nothing in them."""

from __future__ import annotations

import gc
from functools import cache
from importlib import import_module


@cache
def import_training() -> None:
    """Import what a training needs, and let the collector leave alone what is there then.

    Collections cost a fifth of the time of the imports; going through all of their objects once
    more costs a second at the end of a process. Only for entry points, since a library does not
    decide so for its host; and once in a process: garbage of an earlier training that is frozen
    too would never be freed.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        import_module("ser.training.lightning")
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
