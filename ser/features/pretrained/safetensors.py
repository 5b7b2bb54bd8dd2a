"""Files of safetensors: a header of JSON, then the bytes of each tensor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ser.features.pretrained.stored import DamagedError, Stored, check_extent, read_at

COUNT = 8  # bytes that say how long the header is
LONGEST = 100_000_000  # bytes of a header, by the format's own rule
TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def begins(head: bytes) -> bool:
    """Whether a file begins like one of safetensors."""
    return head[COUNT : COUNT + 1] == b"{"


def read(path: Path) -> Mapping[str, Stored]:
    """Look at what a file holds.

    Raises:
        DamagedError: If it does not keep to the format.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(COUNT), "little")
        if length > min(LONGEST, size - COUNT):
            raise DamagedError(f"its header of {length} bytes is longer than the file.")
        header = _header(file.read(length))
    first = COUNT + length
    return {name: _stored(path, first, size, name, entry) for name, entry in header.items()}


def _header(content: bytes) -> dict[str, Any]:
    try:
        header = dict(json.loads(content))
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedError("its header is not JSON.") from error
    header.pop("__metadata__", None)
    return header


def _stored(path: Path, first: int, size: int, name: str, entry: Any) -> Stored:
    try:
        dtype, shape = TYPES[entry["dtype"]], tuple(int(n) for n in entry["shape"])
        begin, end = map(int, entry["data_offsets"])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"its header does not describe {name!r}.") from error
    if min(*shape, begin, 0) < 0 or first + end > size:
        raise DamagedError(f"its {name!r} lies outside the file.")
    check_extent(name, shape, dtype, end - begin)
    return Stored(shape, partial(_read, path, first + begin, shape, dtype))


def _read(path: Path, start: int, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    return read_at(path, start, shape, dtype).float()
