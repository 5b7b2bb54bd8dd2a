"""Numbers that a processor has no usual form for, and takes up to a hundred times as long with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

DENORMAL = 1e-40  # below the smallest usual number in float32


@contextmanager
def denormals_flushed() -> Iterator[None]:
    """Compute with zero in their place; the gradients of an LSTM hold many.

    It holds for this thread and for those that are first started meanwhile: PyTorch keeps its
    threads, so that what is to be fast begins with this.

    References:
        "Low performance of LSTM training forward and backward with some input values and weights",
        oneDNN, issue 561, 2019. https://github.com/uxlfoundation/oneDNN/issues/561
    """
    before = _flushed()
    for kind in (np.float16, np.float32, np.float64):
        np.finfo(kind)  # once they are flushed, NumPy warns that there are none when first asked
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)


def _flushed() -> bool:
    return not (torch.tensor(DENORMAL) * 1.0).item()
