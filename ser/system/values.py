"""What code works with beside its source: constants, closures and attributes, as bytes.

The source of a class stays as it is where a constant of its module is set while a program runs, a
function makes the class with other arguments, or an attribute is set from outside.
"""

from __future__ import annotations

import dis
import inspect
import re
from collections import ChainMap, deque
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from types import (
    CodeType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any

PLAIN = (bool, int, float, complex, str, bytes, bytearray, range, slice, type(None))
WRITTEN = {"__doc__", "__module__", "__qualname__", "__firstlineno__", "__dict__", "__weakref__"}
LOOK_UPS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}

Own = Callable[[Any], bool]
Seen = MutableMapping[int, Any]


def parts_of(value: Any, is_own: Own) -> Iterator[bytes]:
    """Take a value apart, as far as it is plain or code of one's own.

    Args:
        value: A class, a function, a number, an array, or a collection of such.
        is_own: Whether a class, a function or a module is code of one's own.

    Returns:
        Bytes that differ where it does, and are the same in every process.
    """
    yield from _parts(value, is_own, {})


def _parts(value: Any, is_own: Own, seen: Seen) -> Iterator[bytes]:
    waiting = [value]  # no recursion: values may lie deeper than Python calls functions
    while waiting:
        value = waiting.pop()
        if isinstance(value, PLAIN):
            yield repr(value).encode()
        elif _is_array(value) and not (array := _array(value)).dtype.hasobject:
            yield repr((array.shape, array.dtype.str)).encode() + array.tobytes()
        elif id(value) not in seen:
            seen[id(value)] = value  # kept, or another would get its id
            if isinstance(value, (set, frozenset)):
                yield from _in_order(value, is_own, seen)
            else:
                waiting += reversed(list(_within(value, is_own)))


def _in_order(values: set[Any] | frozenset[Any], is_own: Own, seen: Seen) -> list[bytes]:
    """Parts of what a set holds, in an order that does not depend on where that is in memory."""
    return sorted(b"".join(_parts(each, is_own, ChainMap({}, seen))) for each in values)


def _within(value: Any, is_own: Own) -> Iterator[Any]:
    """Yield what a value is made of; nothing of what is neither plain nor one's own."""
    if isinstance(value, Mapping):
        yield from (list(pair) for pair in value.items())
    elif isinstance(value, (list, tuple, deque)):
        yield from (type(value).__name__, len(value), *value)
    elif _is_array(value):
        array = _array(value)
        yield from (array.shape, array.dtype.str, array.tolist())
    elif isinstance(value, partial):
        yield from (value.func, value.args, value.keywords)
    elif isinstance(value, re.Pattern):
        yield from (value.pattern, value.flags)
    elif isinstance(value, CodeType):
        yield from (value.co_code, value.co_names, value.co_consts)
    elif isinstance(value, (staticmethod, classmethod, MethodType)):
        yield value.__func__
    elif isinstance(value, property):
        yield from (value.fget, value.fset)
    elif isinstance(value, type):
        yield from _of_class(value) if is_own(value) else (value.__qualname__,)
    elif isinstance(value, SimpleNamespace) or is_own(type(value)):
        yield from (type(value), _state(value))
    elif callable(value) and isinstance(function := _function(value), FunctionType):
        yield from _of_function(function, is_own) if is_own(function) else (function.__qualname__,)


def _state(value: Any) -> dict[str, Any]:
    """Attributes of an object, those in slots as well."""
    members = [m for kind in type(value).__mro__ for m in vars(kind).items()]
    slots = [name for name, member in members if isinstance(member, MemberDescriptorType)]
    kept = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return {**kept, **getattr(value, "__dict__", {})}


def _function(value: Any) -> Any:
    """Function behind what is called; one that wraps another has that in its closure."""
    return value if isinstance(value, FunctionType) else inspect.unwrap(value)


def _of_class(kind: type) -> Iterator[Any]:
    yield from (item for item in sorted(vars(kind).items()) if item[0] not in WRITTEN)
    yield from kind.__bases__


def _of_function(function: FunctionType, is_own: Own) -> Iterator[Any]:
    yield from (function.__code__, function.__defaults__, function.__kwdefaults__)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            yield None
    codes = list(_codes(function.__code__))
    names = sorted({name for code in codes for name in code.co_names})
    for name in sorted({name for code in codes for name in _looked_up(code)}):
        value = function.__globals__.get(name)
        if not isinstance(value, ModuleType):
            yield name, value
        elif is_own(value):
            yield name, {key: getattr(value, key, None) for key in names}


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function, and of each within it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _looked_up(code: CodeType) -> Iterator[str]:
    """Yield the names that code takes from its module, and none of attributes."""
    yield from (str(step.argval) for step in dis.get_instructions(code) if step.opname in LOOK_UPS)


def _is_array(value: Any) -> bool:
    return hasattr(value, "__array__") and not isinstance(value, type)


def _array(value: Any) -> Any:
    """NumPy's form of an array, of a table, or of a tensor on any device."""
    if not hasattr(value, "detach"):
        return value.__array__()
    held = value.detach().cpu().resolve_conj()
    return (held.float() if str(held.dtype) == "torch.bfloat16" else held).__array__()
