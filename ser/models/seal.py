"""The digest that a model file carries of itself, so that a changed one is named and not used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from ser.errors import RunError

SEAL = "digest"
WEIGHTS = "state_dict"


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """Add the digest of a model file to what it says of itself.

    Args:
        content: Content of the file; ``ser`` in it says what the model is.
    """
    return {**content, "ser": {**content["ser"], SEAL: digest(content)}}


def check_seal(content: Mapping[str, Any]) -> None:
    """Compare a model file with its digest; a checkpoint that Lightning wrote has none.

    Args:
        content: Content of the file.

    Raises:
        RunError: If it is not what was written.
    """
    described = content["ser"]
    if not isinstance(described, dict) or SEAL not in described:
        return
    try:
        right = described[SEAL] == digest(content)
    except (TypeError, ValueError):  # names and values that no digest was ever made of
        right = False
    if not right:
        raise RunError(
            "its content does not match the digest that it was written with, so it was damaged "
            "or edited; copy it again, or train it again."
        )


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over the names, shapes, types and bytes of all that a model file holds."""
    found = hashlib.sha256()
    for name, value in _values(content):
        if isinstance(value, Tensor):
            found.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
            flat = value.detach().cpu().contiguous().reshape(-1)
            found.update(flat.view(torch.uint8).numpy().data)
        else:
            found.update(f"{name} {json.dumps(value, sort_keys=True, default=repr)}\n".encode())
    return found.hexdigest()


def _values(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if name == WEIGHTS and isinstance(value, Mapping):
            yield from ((f"{name}.{key}", weight) for key, weight in value.items())
        elif name == "ser" and isinstance(value, Mapping):
            yield name, {key: part for key, part in value.items() if key != SEAL}
        else:
            yield name, value
