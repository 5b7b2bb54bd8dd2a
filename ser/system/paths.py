"""Paths as people type them."""

from __future__ import annotations

import os
from pathlib import Path


def typed_path(text: str) -> Path:
    """Path that a word of a command line names; shells leave ``~`` alone behind ``=``.

    Args:
        text: The word, in which ``~`` is the home folder unless there is a file of that name.
    """
    path = Path(text)
    return path if os.path.lexists(path) else Path(os.path.expanduser(path))  # noqa: PTH111 - a user that is unknown is no error


def expanded(path: str | Path) -> Path:
    """Put homes and variables into a path, as a shell would have: ``~/corpora``, ``$DATA/emodb``.

    What a shell leaves as it is, such as a variable that is not set, stays.
    """
    plain = os.fspath(path)
    given = plain if os.path.exists(plain) else os.path.expandvars(plain)  # noqa: PTH110
    try:
        return Path(given).expanduser()
    except RuntimeError:  # nobody is known whose home this would be
        return Path(given)
