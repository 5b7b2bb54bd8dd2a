"""OGG, whose pages show whether the end is there.

References:
    RFC 3533, section 6.
"""

from __future__ import annotations

from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError, PartError

PAGE = 27 + 255 + 255 * 255  # bytes of the longest page
FIRST_PAGE, LAST_PAGE = 2, 4  # flags
HEADER = 27  # bytes of a page, before the lengths of its segments


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Look at the last page: it must be whole and say that it is the last, as no other does.

    Raises:
        CutError: If it is not.
        PartError: If another stream begins after the first one.
    """
    if _is_chained(file, size):
        raise PartError("holds several streams after one another, of which only the first is read")
    file.seek(max(0, size - PAGE))
    tail = file.read()
    at = tail.rfind(b"OggS\0")
    if at < 0 or len(tail) < at + HEADER:
        raise CutError("its last page is not whole")
    begin = at + HEADER
    segments = tail[begin : begin + tail[begin - 1]]
    if len(segments) < tail[begin - 1] or begin + len(segments) + sum(segments) > len(tail):
        raise CutError("its last page is not whole")
    if not tail[at + 5] & LAST_PAGE:
        raise CutError("its last page does not say that the sound ends there")
    return []


def _is_chained(file: BinaryIO, size: int) -> bool:
    """Whether a stream begins after pages that belong to another."""
    at, begun = 0, False
    while at + HEADER <= size:
        file.seek(at)
        head = file.read(HEADER)
        if not head.startswith(b"OggS"):
            return False  # damaged, or a tag at the end
        if begun and head[5] & FIRST_PAGE:
            return True
        begun = begun or not head[5] & FIRST_PAGE  # several may begin together
        at += HEADER + head[-1] + sum(file.read(head[-1]))
    return False
