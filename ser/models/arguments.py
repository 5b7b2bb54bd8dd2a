"""What constructors take, in which types, and how it is written into a checkpoint."""

from __future__ import annotations

import inspect
from abc import ABCMeta
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import PurePath
from typing import Any

NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class OwnNumbers(ABCMeta):
    """Class of classes whose constructors get Python's own numbers for those of other libraries.

    PyTorch's layers refuse some of these, others end up in checkpoints. ``help`` and editors that
    ask for the signature are shown every argument, those of base classes instead of
    ``**arguments``.
    """

    @property
    def __signature__(cls) -> inspect.Signature:
        """Every argument that the constructor takes."""
        return signature_of(cls)

    def __call__(cls, *args: Any, **arguments: Any) -> Any:
        """Build an object; not by super(), which save_hyperparameters takes for a constructor."""
        named = {name: own_number(value) for name, value in arguments.items()}
        return ABCMeta.__call__(cls, *map(own_number, args), **named)


def own_number(value: Any) -> Any:
    """Python's own number or text for one of NumPy or PyTorch; anything else as it is."""
    return value.tolist() if getattr(value, "ndim", None) == 0 else value


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


def signature_of(kind: type) -> inspect.Signature:
    """Signature of a class in which those of its base classes stand for ``**arguments``.

    What a base class needs and the class does not name, it gives by itself.

    Example:
        >>> from ser.models import CNN1D
        >>> "learning_rate" in signature_of(CNN1D).parameters
        True
    """
    keyword, needed = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
    first = next(vars(base)["__init__"] for base in kind.__mro__ if "__init__" in vars(base))
    named = list(inspect.signature(first).parameters.values())[1:]
    own = [parameter for parameter in named if parameter.kind in NAMED]
    names = {parameter.name for parameter in own}
    more = [
        parameter.replace(kind=keyword)
        for name, parameter in constructor_arguments(kind).items()
        if name not in names and parameter.default is not needed
    ]
    return inspect.Signature([*own, *more])


def plain(value: Any) -> Any:
    """Turn numbers, arrays, members of enumerations and paths into plain values, wherever they are.

    A checkpoint is read back with ``weights_only=True``, which knows no other types.
    """
    if isinstance(value, Enum | PurePath):
        return plain(value.value) if isinstance(value, Enum) else str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(part) for part in value]
    return value
