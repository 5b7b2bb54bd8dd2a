"""Paths as people write them."""

from __future__ import annotations

import os
import re
from pathlib import Path

NOT_KNOWN = re.compile(r"\A~[^/]*|\$(?:[A-Za-z_]\w*|\{[^}]*\})")


def expanded(path: str | Path) -> Path:
    """Put homes and variables into a path, as a shell would have: ``~/corpora``, ``$DATA/emodb``.

    Shells leave ``~`` alone behind ``=``, and files of settings know no shell. What lies there by
    that very name is meant; a variable that is not set stays.
    """
    plain = os.fspath(path)
    if os.path.lexists(plain):
        return Path(plain)
    return Path(os.path.expanduser(os.path.expandvars(plain)))  # noqa: PTH111 - a user that is unknown is no error


def not_known(path: Path) -> str:
    """Home or variable in an expanded path that nobody knows here; empty if there is none."""
    found = NOT_KNOWN.search(str(path))
    return found[0] if found and not os.path.lexists(path) else ""
