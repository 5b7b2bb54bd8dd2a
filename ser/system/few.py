"""Many names in a sentence: the first ten of them."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 10  # how many fit a sentence


def few(names: Sequence[str], separator: str = ", ") -> str:
    """List names, or the first ten and how many there are.

    Args:
        names: What is listed, in its order.
        separator: What stands between two of them.

    Example:
        >>> few(["a", "b"])
        'a, b'
        >>> few([str(number) for number in range(12)])
        '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (12 in all)'
    """
    more = ["…"] if len(names) > NAMED else []
    count = f" ({len(names)} in all)" if more else ""
    return separator.join([*names[:NAMED], *more]) + count
