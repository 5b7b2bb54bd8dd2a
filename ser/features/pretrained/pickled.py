"""Weights that ``torch.save`` wrote, read so that nothing in the file is run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ser.errors import in_a_line
from ser.features.pretrained.stored import DamagedError, Stored

ZIP, PICKLE = b"PK\x03\x04", b"\x80"
WITHIN = ("model_state_dict", "state_dict", "model")  # where training programs put the weights


def begins(head: bytes) -> bool:
    """Whether a file begins like one of ``torch.save``, new or old."""
    return head.startswith((ZIP, PICKLE))


def read(path: Path) -> Mapping[str, Stored]:
    """Look at what a file holds; the weights themselves are mapped, not read.

    Raises:
        DamagedError: If it is damaged, would run code, or claims more numbers than it holds.
    """
    content = _load(path)
    for name in WITHIN:
        if isinstance(content, Mapping) and isinstance(content.get(name), Mapping):
            content = content[name]
    if not isinstance(content, Mapping):
        raise DamagedError(f"it holds a {type(content).__name__}, and no named weights.")
    weights = {str(name): value for name, value in content.items() if isinstance(value, Tensor)}
    for name, value in weights.items():
        if value.numel() * value.element_size() > value.untyped_storage().nbytes():
            raise DamagedError(f"its {name!r} of shape {tuple(value.shape)} is not in the file.")
    return {name: Stored(tuple(value.shape), value.float) for name, value in weights.items()}


def _load(path: Path) -> Any:
    with path.open("rb") as file:
        mapped = file.read(len(ZIP)) == ZIP  # files of before PyTorch 1.6 cannot be
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # torch raises many kinds
        raise DamagedError(
            f"it cannot be read without running code that is in it, or is damaged "
            f"({in_a_line(error)})."
        ) from error
