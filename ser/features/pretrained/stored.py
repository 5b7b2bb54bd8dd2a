"""A tensor that lies in a file, read when it is wanted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

MOST_DIMENSIONS = 8


class DamagedError(ValueError):
    """A file of weights does not keep to its format."""


@dataclass(frozen=True)
class Stored:
    """A tensor in a file.

    Args:
        shape: Its shape.
        read: Reads it, in float32.
    """

    shape: tuple[int, ...]
    read: Callable[[], Tensor]


def check_extent(name: str, shape: tuple[int, ...], dtype: torch.dtype, size: int) -> None:
    """Refuse a tensor whose bytes are not those of its shape.

    Args:
        name: Its name.
        shape: Its shape.
        dtype: Type of its numbers.
        size: Bytes that the file has of it.

    Raises:
        DamagedError: If they differ.
    """
    wanted = math.prod(shape) * dtype.itemsize
    if len(shape) > MOST_DIMENSIONS or wanted != size:
        raise DamagedError(f"its {name!r} of shape {shape} takes {wanted} bytes and has {size}.")


def read_at(path: Path, start: int, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Read a tensor as it lies in a file."""
    size = math.prod(shape) * dtype.itemsize
    with path.open("rb") as file:
        file.seek(start)
        content = bytearray(file.read(size))
    if len(content) != size:
        raise DamagedError("the file was cut.")
    flat = torch.frombuffer(content, dtype=dtype) if size else torch.empty(0, dtype=dtype)
    return flat.reshape(shape)
