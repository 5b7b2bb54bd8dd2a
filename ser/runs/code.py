"""The code behind the classes that a configuration names and this package does not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ser.system.source import is_installed, source_digest

GROUPS = ("data", "features", "augment", "cv", "protocol", "model")


def code_of(config: Mapping[str, Any]) -> dict[str, str]:
    """Digest of the source of every foreign class; of an installed one, package and version.

    Args:
        config: Resolved configuration, whose classes are imported.

    Returns:
        By place in the configuration, such as ``model``.
    """
    targets = {
        place: name for group in GROUPS for place, name in _targets(group, config.get(group))
    }
    return {place: _code(name) for place, name in targets.items() if not name.startswith("ser.")}


def _targets(place: str, node: Any) -> Iterator[tuple[str, str]]:
    """Yield place and name of every class in and below a node of a configuration."""
    items = dict(enumerate(node)) if isinstance(node, list) else node
    if not isinstance(items, Mapping):
        return
    if "_target_" in items:
        yield place, str(items["_target_"])
    for key, child in items.items():
        yield from _targets(f"{place}.{key}", child)


def _code(name: str) -> str:
    package = name.partition(".")[0]
    if is_installed(package):
        return _version(package)
    return (source_digest(_class(name)) or "")[:16]


def _version(package: str) -> str:
    known = getattr(sys.modules[package], "__version__", None)
    try:
        return f"{package} {known or version(package)}"
    except PackageNotFoundError:
        return package


def _class(name: str) -> type:
    """Class of a name; of a function, a class that stands for it in its module."""
    parts = name.split(".")
    module = next(
        m for end in range(len(parts), 0, -1) if (m := ".".join(parts[:end])) in sys.modules
    )
    found: Any = sys.modules[module]
    for part in parts[module.count(".") + 1 :]:
        found = getattr(found, part)
    if isinstance(found, type):
        return found
    module = getattr(found, "__module__", None) or module
    return type(parts[-1], (), {"__module__": module, "stands_for": staticmethod(found)})
