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
PLURALS: Mapping[Any, str] = {
    bool: "truth values",
    int: "whole numbers",
    float: "numbers",
    str: "texts",
    Path: "paths",
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


def named(hint: Any) -> str:
    """Name a type as a part of a sentence, such as ``a whole number or null``."""
    words = list(dict.fromkeys(_words(hint)))
    if NAMES[float] in words and NAMES[int] in words:
        words.remove(NAMES[int])
    first, last = words[:-1], words[-1]
    return f"{', '.join(first)} or {last}" if first else last


def choices(hint: Any) -> list[str]:
    """Texts that a type names one by one, as ``Literal`` does."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        return list(dict.fromkeys(text for part in parts for text in choices(part)))
    return [part for part in parts if isinstance(part, str)] if origin is Literal else []


def _words(hint: Any) -> list[str]:
    """What a value may be, one alternative after the other, and ``null`` last."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        written = [part for part in parts if part in NAMES or typing.get_origin(part)] or parts
        written = sorted(written, key=lambda part: (part is NoneType, part is bool))
        return [word for part in written for word in _words(part)]
    if origin is Literal:
        return [str(part) for part in parts]
    if hint is bool:
        return ["true", "false"]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return ["a mapping, as {a: b}"]
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return [f"a list of {_many(parts[0])}"]
    return [NAMES.get(hint, getattr(hint, "__name__", str(hint)))]


def _many(hint: Any) -> str:
    """Name a type in the plural, as a part of a list."""
    if typing.get_origin(hint) in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(_many, typing.get_args(hint))))
    return PLURALS.get(hint, "parts, each with a _target_")
