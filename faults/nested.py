"""Places in nested mappings, and what is put there."""

from __future__ import annotations

import copy
from typing import Any

Place = tuple[Any, ...]
REMOVED = object()


def places(content: Any, before: Place = ()) -> list[Place]:
    """Where something can be put into a nested content: each key of each mapping, in lists too."""
    if not isinstance(content, dict | list):
        return []
    items = content if isinstance(content, dict) else dict(enumerate(content))
    here = [(*before, key) for key in content] if isinstance(content, dict) else []
    return here + [place for key in items for place in places(items[key], (*before, key))]


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
