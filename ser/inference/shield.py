"""Keep a user's settings of PyTorch away from what a predictor computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Any

import torch
from torch import nn

CPU = torch.device("cpu")


class Held:
    """A change to something shared, held for as long as any thread needs it.

    Args:
        change: Makes the change, and returns what takes it back.
    """

    def __init__(self, change: Callable[[], Callable[[], None]]) -> None:
        self.change = change
        self.holders = 0
        self.lock = Lock()
        self.take_back: Callable[[], None] = lambda: None

    def __reduce__(self) -> tuple[type[Held], tuple[Callable[[], Callable[[], None]]]]:
        """Leave the lock out of copies."""
        return Held, (self.change,)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the change."""
        with self.lock:
            if not self.holders:
                self.take_back = self.change()
            self.holders += 1
        try:
            yield
        finally:
            with self.lock:
                self.holders -= 1
                if not self.holders:
                    self.take_back()


@contextmanager
def plain_torch(*devices: torch.device, inference: bool) -> Iterator[None]:
    """Compute in float32, with neither autocast nor a default device, whatever a user has set.

    Args:
        devices: Where it is computed, beside the CPU.
        inference: Whether only to compute, or to make what could be trained as well.
    """
    with ExitStack() as stack:
        stack.enter_context(single_precision())
        if torch.get_default_device() != CPU:
            stack.enter_context(CPU)
        for kind in {CPU.type, *(device.type for device in devices)}:
            stack.enter_context(torch.autocast(kind, enabled=False))
        stack.enter_context(torch.inference_mode(inference))
        yield


def to_evaluation(module: nn.Module) -> Callable[[], None]:
    """Turn dropout and the like off; returns what turns them on again."""
    training = [part for part in module.modules() if part.training]
    for part in training:
        part.training = False

    def restore() -> None:
        for part in training:
            part.training = True

    return restore


def _to_single_precision() -> Callable[[], None]:
    before: Any = torch.get_default_dtype()
    if before == torch.float32:
        return lambda: None  # what another thread sets meanwhile stays
    torch.set_default_dtype(torch.float32)
    return lambda: torch.set_default_dtype(before)


single_precision = Held(_to_single_precision)  # the default is one for all threads
