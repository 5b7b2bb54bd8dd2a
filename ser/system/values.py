"""What code works with beside its source: constants, closures and attributes, as bytes.

The source of a class stays as it is where a constant of its module is set while a program runs, a
function makes the class with other arguments, or an attribute is set from outside.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

PLAIN = (bool, int, float, complex, str, bytes, type(None))
WRITTEN = {"__doc__", "__module__", "__qualname__", "__firstlineno__", "__dict__", "__weakref__"}


def parts_of(value: Any, is_own: Callable[[Any], bool]) -> Iterator[bytes]:
    """Take a value apart, as far as it is plain or code of one's own.

    Args:
        value: A class, a function, a number, an array, or a collection of such.
        is_own: Whether a class, a function or a module is code of one's own.

    Returns:
        Bytes that differ where it does; those of sets are in order.
    """
    yield from _parts(value, is_own, {})


def _parts(value: Any, is_own: Callable[[Any], bool], seen: dict[int, Any]) -> Iterator[bytes]:
    if isinstance(value, PLAIN):
        yield repr(value).encode()
    elif hasattr(value, "__array__") and not isinstance(value, type):
        yield _of_array(value)
    elif id(value) not in seen:
        seen[id(value)] = value  # kept, or another would get its id
        for inner in _within(value, is_own):
            yield from _parts(inner, is_own, seen)


def _within(value: Any, is_own: Callable[[Any], bool]) -> Iterator[Any]:
    """Yield what a value is made of; nothing of what is neither plain nor one's own."""
    if isinstance(value, Mapping):
        yield from (list(pair) for pair in value.items())
    elif isinstance(value, (list, tuple)):
        yield from (type(value).__name__, len(value), *value)
    elif isinstance(value, (set, frozenset)):
        yield from sorted(value, key=repr)
    elif isinstance(value, partial):
        yield from (value.func, value.args, value.keywords)
    elif isinstance(value, CodeType):
        yield from (value.co_code, value.co_names, value.co_consts)
    elif isinstance(value, (staticmethod, classmethod, MethodType)):
        yield value.__func__
    elif isinstance(value, property):
        yield from (value.fget, value.fset)
    elif isinstance(value, type):
        yield from _of_class(value) if is_own(value) else (value.__qualname__,)
    elif isinstance(value, SimpleNamespace) or (is_own(type(value)) and hasattr(value, "__dict__")):
        yield from (type(value), vars(value))
    elif callable(value) and isinstance(function := inspect.unwrap(value), FunctionType):
        yield from _of_function(function, is_own) if is_own(function) else (function.__qualname__,)


def _of_class(kind: type) -> Iterator[Any]:
    yield from (item for item in sorted(vars(kind).items()) if item[0] not in WRITTEN)
    yield from kind.__bases__


def _of_function(function: FunctionType, is_own: Callable[[Any], bool]) -> Iterator[Any]:
    yield from (function.__code__, function.__defaults__, function.__kwdefaults__)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            yield None
    names = sorted(set(_names(function.__code__)))
    for name in names:
        value = function.__globals__.get(name)
        if not isinstance(value, ModuleType):
            yield name, value
        elif is_own(value):
            yield name, {key: getattr(value, key, None) for key in names}


def _names(code: CodeType) -> Iterator[str]:
    """Yield every name that a function, or one within it, looks up."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _of_array(value: Any) -> bytes:
    """Content of an array, or of a tensor on any device."""
    held = value.detach().cpu() if hasattr(value, "detach") else value
    array = (held.float() if str(held.dtype) == "torch.bfloat16" else held).__array__()
    content = repr(array.tolist()).encode() if array.dtype.hasobject else array.tobytes()
    return repr((array.shape, array.dtype.str)).encode() + content
