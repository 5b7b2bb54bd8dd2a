"""Values that were made lately, up to a number of bytes in all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Keep what was asked for last, so that asking again costs nothing.

    Args:
        most: Bytes that the values may take together; the last one is kept whatever it takes.

    Example:
        >>> recent: Recent[str] = Recent(most=2)
        >>> [recent.get(word, 1, word.upper) for word in ("a", "b", "c")], len(recent)
        (['A', 'B', 'C'], 2)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._held = 0

    def get(self, key: Hashable, size: int, make: Callable[[], Value]) -> Value:
        """Give the value of a key, made only if it is not kept.

        Args:
            key: What the value follows from.
            size: Bytes that it takes, about.
            make: Makes it; an error of it is passed on, and nothing kept.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        value = make()
        self._kept[key] = value, size
        self._held += size
        while len(self._kept) > 1 and self._held > self.most:
            _, (_, freed) = self._kept.popitem(last=False)
            self._held -= freed
        return value

    def clear(self) -> None:
        """Keep none any more."""
        self._kept.clear()
        self._held = 0

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)
