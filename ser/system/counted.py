"""How many things there are, in words that fit one of them as well."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, one: str, several: str | None = None) -> str:
    """Write a number before what it counts.

    Args:
        number: How many there are.
        one: What a single one is called, with the verb that follows if there is one.
        several: What more, or none, are called; None puts an s behind ``one``.

    Example:
        >>> counted(1, "speaker"), counted(2, "speaker"), counted(0, "file is", "files are")
        ('1 speaker', '2 speakers', '0 files are')
    """
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def any_of(numbers: Iterable[int]) -> str:
    """List numbers of which one holds here and another there, each once.

    Example:
        >>> any_of([10, 5, 6, 10]), any_of([3])
        ('5, 6 or 10', '3')
    """
    *others, last = map(str, sorted(set(numbers)))
    return f"{', '.join(others)} or {last}" if others else last
