"""The ``model.bin`` of CTranslate2: a header, then name, shape, type and bytes of each variable.

References:
    CTranslate2, ``python/ctranslate2/specs/model_spec.py``, binary version 6.
    https://github.com/OpenNMT/CTranslate2
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from ser.features.pretrained.stored import (
    MOST_DIMENSIONS,
    DamagedError,
    Stored,
    check_extent,
    read_at,
)

VERSIONS = range(4, 7)  # whose variables are written alike
TYPES = (
    torch.float32,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.float16,
    torch.bfloat16,
)  # by number
SCALE = "_scale"  # by which the numbers of a quantised variable were multiplied


@dataclass(frozen=True)
class _Variable:
    """Where a variable lies, and how it is written."""

    start: int
    shape: tuple[int, ...]
    dtype: torch.dtype


def begins(head: bytes) -> bool:
    """Whether a file begins like one of CTranslate2."""
    return int.from_bytes(head[:4], "little") in VERSIONS


def read(path: Path) -> Mapping[str, Stored]:
    """Look at what a file holds.

    Raises:
        DamagedError: If it does not keep to the format.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        _number(file, "<I")
        _word(file)  # the kind of network
        _number(file, "<I")
        found = dict(_variable(file, size) for _ in range(_number(file, "<I")))
    return {name: Stored(v.shape, partial(_read, path, found, name)) for name, v in found.items()}


def _variable(file: BinaryIO, end: int) -> tuple[str, _Variable]:
    name, rank = _word(file), _number(file, "<B")
    if rank > MOST_DIMENSIONS:
        raise DamagedError(f"its {name!r} has {rank} dimensions.")
    shape = tuple(_number(file, "<I") for _ in range(rank))
    kind, size = _number(file, "<B"), _number(file, "<I")
    if kind >= len(TYPES):
        raise DamagedError(f"its {name!r} is of an unknown type, {kind}.")
    check_extent(name, shape, TYPES[kind], size)
    start = file.tell()
    if start + size > end:
        raise DamagedError(f"it ends within {name!r}.")
    file.seek(size, 1)
    return name, _Variable(start, shape, TYPES[kind])


def _number(file: BinaryIO, kind: str) -> int:
    content = file.read(struct.calcsize(kind))
    if len(content) < struct.calcsize(kind):
        raise DamagedError("it ends early.")
    number: int = struct.unpack(kind, content)[0]
    return number


def _word(file: BinaryIO) -> str:
    length = _number(file, "<H")
    content = file.read(length)
    if len(content) < length:
        raise DamagedError("it ends early.")
    return content.rstrip(b"\0").decode(errors="replace")


def _read(path: Path, variables: Mapping[str, _Variable], name: str) -> Tensor:
    values = _plain(path, variables[name])
    if variables[name].dtype.is_floating_point or name + SCALE not in variables:
        return values
    scale = _plain(path, variables[name + SCALE])  # one for each row, or for all
    return values / scale.reshape(-1, *[1] * (values.ndim - 1))


def _plain(path: Path, variable: _Variable) -> Tensor:
    return read_at(path, variable.start, variable.shape, variable.dtype).float()
