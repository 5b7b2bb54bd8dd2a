"""Objects that remember what they were built with, so that a run can say how to build them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class KeepsArguments:
    """Base of what keeps its constructor arguments, by name.

    Attributes:
        given: Arguments of the constructor; what was left out is absent.

    Example:
        >>> class Clip(KeepsArguments):
        ...     def __init__(self, start: float, **more: float) -> None:
        ...         pass
        >>> Clip(0.5, end=2.0).given
        {'start': 0.5, 'end': 2.0}
    """

    given: dict[str, Any]

    def __new__(cls, *args: Any, **arguments: Any) -> Self:
        """Note the arguments; what is wrong with them is for the constructor to say."""
        self = super().__new__(cls)
        object.__setattr__(self, "given", _bound(cls, args, arguments))
        return self


def _bound(kind: type, args: tuple[Any, ...], arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        bound = inspect.signature(kind).bind_partial(*args, **arguments)
    except (TypeError, ValueError):
        return dict(arguments)
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        several = bound.signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD
        found.update(value if several else {name: value})
    return found
