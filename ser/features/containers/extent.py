"""Bytes of sound that a header promises, and those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# What to change in a file that does not know its length: begin, end, and the bytes to put there.
Corrections = Sequence[tuple[int, int, bytes]]
STREAMED = {3: 0xFFFFFF, 4: 0x7F000000, 8: 2**62}  # least size, by width, that means "unknown"
BLANK = 0xFFFFFFFF  # the same, also where a field of 64 bits holds it


class CutError(Exception):
    """Sound is missing; the text says how much."""


class PartError(Exception):
    """Only a part of the sound would be read; the text says which."""


@dataclass(frozen=True)
class Extent:
    """Where the sound of a file lies.

    Args:
        begin: Offset of its first byte.
        promised: Its length, in bytes, by the header; None where the header has none.
        field: Offset of that number in the header; None where it is not a number of bytes.
        width: Bytes of that number.
        order: Their order.
        base: What the number counts besides the sound, in bytes.
    """

    begin: int
    promised: int | None
    field: int | None = None
    width: int = 4
    order: Literal["little", "big"] = "big"
    base: int = 0

    def check(self, size: int) -> Corrections:
        """Compare with a file of ``size`` bytes; returns and raises as ``inspect`` does."""
        have = max(size - self.begin, 0)
        if self._unknown(have):
            stated = have + self.base
            if self.field is None or stated >= 256**self.width:
                return []
            known = stated.to_bytes(self.width, self.order)
            return [(self.field, self.field + self.width, known)]
        if self.promised is not None and have < self.promised:
            raise CutError(f"{have} of {self.promised} bytes of sound are there")
        return []

    def _unknown(self, have: int) -> bool:
        """Whether the number is one that a program leaves that cannot go back to its header."""
        if self.promised is None or have == 0:
            return self.promised is None
        stated = self.promised + self.base
        if self.promised <= 0 or stated == 0:
            return True
        return self.promised > have and (stated == BLANK or stated >= STREAMED[self.width])
