"""Places in nested mappings, and what is put there."""

from __future__ import annotations

import copy
from typing import Any

Place = tuple[Any, ...]
REMOVED = object()


def places(content: Any, before: Place = ()) -> list[Place]:
    """Where something can be put into a nested content: each key of each mapping."""
    if not isinstance(content, dict):
        return []
    here = [(*before, key) for key in content]
    return here + [place for key in content for place in places(content[key], (*before, key))]


def replaced(content: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """Put a value into a copy of a content; ``REMOVED`` takes away what is there."""
    whole = copy.deepcopy(content)
    part = whole
    for key in place[:-1]:
        part = part[key]
    if value is REMOVED:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return whole
