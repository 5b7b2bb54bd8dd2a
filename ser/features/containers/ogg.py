"""OGG, whose pages show whether the end is there.

References:
    RFC 3533, section 6.
"""

from __future__ import annotations

from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError

PAGE = 27 + 255 + 255 * 255  # bytes of the longest page
LAST_PAGE = 4  # flag


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Look at the last page: it must be whole and say that it is the last.

    Raises:
        CutError: If it is not.
    """
    file.seek(max(0, size - PAGE))
    tail = file.read()
    at = tail.rfind(b"OggS\0")
    if at < 0 or len(tail) < at + 27:
        raise CutError("its last page is not whole")
    segments = tail[at + 27 : at + 27 + tail[at + 26]]
    if len(segments) < tail[at + 26] or at + 27 + len(segments) + sum(segments) > len(tail):
        raise CutError("its last page is not whole")
    if not tail[at + 5] & LAST_PAGE:
        raise CutError("its last page does not say that the sound ends there")
    return []
