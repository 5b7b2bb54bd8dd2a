"""Threads that share the cores of PyTorch among many files."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch


@contextmanager
def one_core_each(count: int | None = None) -> Iterator[ThreadPoolExecutor]:
    """Give threads that compute on one core each: small transforms do not split well.

    Args:
        count: How many; None takes the default of Python.
    """
    before = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield pool
    finally:
        torch.set_num_threads(before)  # training after this would run on one core
