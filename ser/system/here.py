"""Modules of the folder that a command is started in."""

from __future__ import annotations

import sys
from pathlib import Path


def find_modules_here() -> None:
    """Find them as ``python -m`` does: a script that was installed looks beside itself instead.

    They come after all others, so that a file of the user's stands for no installed module.
    """
    here = str(Path.cwd())
    if not {"", here} & set(sys.path):
        sys.path.append(here)
