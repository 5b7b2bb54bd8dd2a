"""What constructors take, and how it is written into a checkpoint."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def constructor_arguments(kind: type) -> dict[str, inspect.Parameter]:
    """Arguments that a class can be called with, by name.

    Where a constructor takes ``**arguments``, those of its base classes belong to it.
    """
    found: dict[str, inspect.Parameter] = {}
    for base in kind.__mro__:
        if "__init__" not in vars(base):
            continue
        own = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        named = {parameter.name: parameter for parameter in own if parameter.kind in NAMED}
        found = {**named, **found}
        if not any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in own):
            break
    return found


def plain(value: Any) -> Any:
    """Turn numbers and arrays of NumPy and PyTorch into Python's own, within containers too.

    A checkpoint is read back with ``weights_only=True``, which knows no other types.
    """
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(part) for part in value]
    return value
