"""Work on a CUDA device, recorded once for each shape and replayed: launches cost nothing then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from ser.errors import TrainingError

Tensors = Sequence[Tensor]
BY_ITSELF = "2.14"  # first torch whose graphs see by themselves which generators are drawn from
# Something done with rows of a corpus, padded to so many frames; its tensors last until the next.
Work = Callable[[Tensor, int], Tensors]


class Graphs:
    """Do work on a device, from the second time of a shape on as a recorded CUDA graph.

    The first time is a call like any other: libraries choose their algorithms then, optimisers make
    their state, and no work is done twice. A shape that never recurs is never recorded.

    Args:
        work: What is done; it may not wait for the device, nor decide by what lies on it.
        optimizer: What takes steps in it, if anything does.
        generator: What it draws from beside the generator of the device, if it does.
    """

    def __init__(
        self,
        work: Work,
        optimizer: Optimizer | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        self.work = work
        self.optimizer = optimizer
        self.generator = generator
        self.met: set[tuple[int, int]] = set()
        self.recorded: dict[tuple[int, int], Graph] = {}
        self.pool: Any = None  # of the first recording
        self.rate: Tensor | None = None  # step size, on the device

    def __call__(self, rows: Tensor, frames: int) -> Tensors:
        """Do the work, by a recording where there is one."""
        shape = (len(rows), frames)
        if shape not in self.met:
            self.met.add(shape)
            return self.work(rows, frames)
        if shape not in self.recorded:
            self._record(shape, rows)
        if self.optimizer is not None and self.rate is not None:
            self.rate.fill_(self.optimizer.param_groups[0]["lr"])
        return self.recorded[shape].replay(rows)

    def _record(self, shape: tuple[int, int], rows: Tensor) -> None:
        if self.rate is None:
            self.rate = torch.zeros((), device=rows.device)
        with _recordable(self.optimizer, self.rate):
            graph = Graph(self.work, rows, shape[1], self.pool, self.generator)
        self.recorded[shape] = graph
        self.pool = self.pool or graph.pool


class Graph:
    """One recording.

    Args:
        work: What to record.
        rows: Rows of the shape that is recorded.
        frames: Frames that they are padded to.
        pool: Memory that it shares with others, none of which runs at the same time; or None.
        generator: What the work draws from beside the generator of the device, or None. It is
            seeded before each replay.

    Raises:
        TrainingError: If the work cannot be recorded.
    """

    def __init__(
        self,
        work: Work,
        rows: Tensor,
        frames: int,
        pool: Any,
        generator: torch.Generator | None = None,
    ) -> None:
        self.rows = rows.clone()
        self.graph = torch.cuda.CUDAGraph()
        if generator is not None and torch.__version__ < BY_ITSELF:
            self.graph.register_generator_state(generator)
        stream = torch.cuda.current_stream()
        try:
            with torch.cuda.graph(self.graph, pool, stream, capture_error_mode="thread_local"):
                self.given = work(self.rows, frames)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            reason = str(error).strip().partition("\n")[0]
            raise TrainingError(
                f"a step cannot be recorded as a CUDA graph: {reason}. Pass trainer.record=false, "
                "which trains step by step."
            ) from error

    @property
    def pool(self) -> Any:
        """The memory that it computes in."""
        return self.graph.pool()

    def replay(self, rows: Tensor) -> Tensors:
        """Do the work on other rows."""
        self.rows.copy_(rows)
        self.graph.replay()
        return self.given


@contextmanager
def _recordable(optimizer: Optimizer | None, rate: Tensor) -> Iterator[None]:
    """Let an optimiser keep its step count and read its step size on the device.

    Outside it has Python numbers again: schedules and checkpoints know nothing of recordings.
    """
    if optimizer is None:
        yield
        return
    for state in optimizer.state.values():
        state["step"] = state["step"].to(rate.device)
    kept = [(group, group["lr"], group.get("capturable")) for group in optimizer.param_groups]
    for group, _, _ in kept:
        group.update(lr=rate, capturable=True)
    try:
        yield
    finally:
        for group, lr, capturable in kept:
            group.update(lr=lr, capturable=capturable)
