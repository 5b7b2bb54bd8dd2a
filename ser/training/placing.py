"""Where in a configuration a value stands that a constructor refuses, which does not know it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ser.errors import mistake

ARGUMENT = re.compile(r"(\w+)=")
WITHIN = re.compile(r"^full_key: (.+)$", re.M)  # last line of what Hydra says


@contextmanager
def placed(group: str, settings: Mapping[str, Any]) -> Iterator[None]:
    """Name a setting in full, as ``features.hop``, where a constructor says ``hop``.

    Args:
        group: Part of the configuration that is built within the block.
        settings: What it holds.

    Raises:
        SerError: If a constructor does; of the same kind.
    """
    try:
        yield
    except Exception as error:
        found = mistake(error)
        if found is None:
            raise
        raise type(found)(f"{_place(group, settings, error, str(found))}{found}") from error


def _place(group: str, settings: Mapping[str, Any], error: Exception, sentence: str) -> str:
    argument = ARGUMENT.match(sentence)
    if argument is None or argument[1] == group:
        return ""
    if within := WITHIN.search(str(error)):
        return f"{within[1]}."
    return f"{group}." if argument[1] in settings else ""
