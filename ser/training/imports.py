"""Import PyTorch and Lightning without the garbage collector, which finds nothing in them."""

from __future__ import annotations

import gc
from functools import cache
from importlib import import_module
from typing import Any


@cache
def import_job() -> Any:
    """Import the job of a training, and let the collector leave alone what exists then.

    Collections cost a fifth of the time of the imports; going through all of their objects once
    more costs a second at the end of a process. Only for entry points, since a library does not
    decide so for its host; and once in a process: garbage of an earlier training that is frozen
    too would never be freed.

    Returns:
        The module ``ser.training.job``.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module("ser.training.job")
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
