"""What systems, servers and programs leave in folders beside the files of people."""

from __future__ import annotations

import re
from fnmatch import translate

PATTERNS = (
    ".*",  # .DS_Store, ._03a01Fa.wav of macOS on the drives of others, .Trashes, .snapshot
    "~$*",  # locks of office programs
    "$recycle.bin",
    "system volume information",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "icon\r",
    "__macosx",
    "@eadir",  # of Synology; those with # as well
    "#recycle",
    "#snapshot",
    "lost+found",
    "*.part",  # of downloads that broke off, as what follows
    "*.partial",
    "*.crdownload",
    "*.download",
    "*.filepart",
    "*.tmp",
    "*~",
)
LITTER = re.compile("|".join(map(translate, PATTERNS)))  # one search: folders hold thousands


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is not of people.

    Example:
        >>> is_litter("Thumbs.db"), is_litter("03a01Fa.wav")
        (True, False)
    """
    return LITTER.match(name.lower()) is not None
