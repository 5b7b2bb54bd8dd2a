"""What constructors and functions take: the types of their arguments, and what fits them."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union

NAMES: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "text",
    NoneType: "null",
}
PLAIN = (bool, int, float, str, NoneType)


def hints(target: Any) -> dict[str, Any]:
    """Types of the arguments of a class or function; those that are not known are left out.

    Those of base classes belong to a class, as of one that hands ``**arguments`` on.
    """
    found: dict[str, Any] = {}
    for base in getattr(target, "__mro__", (target,)):
        try:
            known = typing.get_type_hints(vars(base).get("__init__", base))
        except (NameError, TypeError):  # imported for type checkers alone, or no Python
            continue
        found = {**known, **found}
    return found


def fits(value: Any, hint: Any) -> bool:
    """Whether a plain value, as of a configuration, is of a type; types not known fit anything."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        return any(fits(value, part) for part in parts)
    if origin is Literal:
        return any(value == part and type(value) is type(part) for part in parts)
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return _contains(origin, parts, value)
    if hint in PLAIN:
        return type(value) is hint or (hint is float and type(value) is int)
    return not isinstance(hint, type) or hint is object or _takes(hint, value)


def _contains(kind: type, parts: tuple[Any, ...], value: Any) -> bool:
    """Whether a value is a mapping, or a list of what fits, as a container asks for."""
    if issubclass(kind, Mapping):
        return isinstance(value, Mapping)
    return isinstance(value, list | tuple) and all(fits(part, parts[0]) for part in value)


def _takes(kind: type, value: Any) -> bool:
    """Whether a value is of a class; a path is written as text."""
    return isinstance(value, kind) or (isinstance(value, str) and issubclass(kind, Path))


def words_of(hint: Any) -> list[str]:
    """Words that a type lists, such as ``16-mixed``; none where it lists no values."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return [part for part in parts if isinstance(part, str)]
    nested = parts if origin in (Union, UnionType) else ()
    return [word for part in nested for word in words_of(part)]


def named(hint: Any) -> str:
    """Name a type as a part of a sentence, such as ``a whole number or null``."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        written = [part for part in parts if part in NAMES or typing.get_origin(part)]
        several = [words for part in written or parts for words in named(part).split(" or ")]
        return " or ".join(dict.fromkeys(several))
    if origin is Literal:
        return " or ".join(dict.fromkeys(map(str, parts)))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a mapping"
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return f"a list, each {named(parts[0])}"
    return NAMES.get(hint, getattr(hint, "__name__", str(hint)))
