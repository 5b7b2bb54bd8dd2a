"""Bytes that are nearly right: some places of something valid, changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

SIZES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
HEAD = 200  # bytes in which most changes are: what follows is content


@dataclass(frozen=True)
class Change:
    """A change at a place.

    Args:
        place: Byte at which it is; taken modulo the length.
        removed: How many bytes go.
        added: Bytes that come.
    """

    place: int
    removed: int
    added: bytes

    def of(self, content: bytes) -> bytes:
        """Apply it."""
        place = self.place % (len(content) + 1)
        return content[:place] + self.added + content[place + self.removed :]


def _numbers() -> st.SearchStrategy[bytes]:
    return st.builds(
        lambda size, width, order: (size % 256**width).to_bytes(width, order),
        st.sampled_from(SIZES),
        st.sampled_from((1, 2, 4, 8)),
        st.sampled_from(("little", "big")),
    )


def _change(number: bytes, place: int) -> Change:
    return Change(place, len(number), number)


def changes(head: int = HEAD) -> st.SearchStrategy[list[Change]]:
    """A few changes, most of them near the begin."""
    places = st.one_of(st.integers(0, head), st.integers(0, 2**20))
    return st.lists(
        st.one_of(
            st.builds(_change, _numbers(), places),
            st.builds(Change, places, st.integers(0, 8), st.binary(max_size=8)),
            st.builds(Change, places, st.just(2**30), st.just(b"")),  # a cut
        ),
        max_size=4,
    )


def nearly(contents: Sequence[bytes], head: int = HEAD) -> st.SearchStrategy[bytes]:
    """One of some contents with changes, or anything."""

    def changed(content: bytes, made: list[Change]) -> bytes:
        for change in made:
            content = change.of(content)
        return content

    near = st.builds(changed, st.sampled_from(list(contents)), changes(head))
    return st.one_of(near, near, near, st.binary(max_size=300))
