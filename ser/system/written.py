"""Mappings and lists as people write them, where the grammar of a command line ends.

Hydra reads no key with an umlaut, a bracket or quotes, and takes ``NaN`` or ``0`` for numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

import yaml

NULL = ("null", "~", "")
NO_YAML = re.compile(r"(?<=[{,])(\s*)([*#][^:,}\"']*)")  # begins a name here, and an alias there


def as_written(text: str) -> Any:
    """Read a mapping or a list of texts; whatever else is written stays the text that it is.

    Args:
        text: As in YAML or JSON, on one line.

    Example:
        >>> as_written("{Ärger: anger, 'NaN': null}"), as_written("[0, 1]"), as_written("union")
        ({'Ärger': 'anger', 'NaN': None}, ['0', '1'], 'union')
    """
    try:
        node = yaml.compose(NO_YAML.sub(r"\1'\2'", text), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return text
    if isinstance(node, yaml.MappingNode) and _are_plain(chain.from_iterable(node.value)):
        return dict(_pair(key, value) for key, value in node.value)
    if isinstance(node, yaml.SequenceNode) and _are_plain(node.value):
        return [str(part.value) for part in node.value]
    return text


def _are_plain(nodes: Iterable[yaml.Node]) -> bool:
    return all(isinstance(node, yaml.ScalarNode) for node in nodes)


def _pair(key: yaml.ScalarNode, value: yaml.ScalarNode) -> tuple[str, str | None]:
    """Name and value of an entry, in which a space after the colon may lack."""
    if value.value == "" and key.style is None and ":" in key.value:
        name, _, text = key.value.partition(":")
        return name, None if text in NULL else text
    absent = value.value in NULL and value.style is None
    return str(key.value), None if absent else str(value.value)
