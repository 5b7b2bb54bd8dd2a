"""How many things there are, in words that fit one of them as well."""

from __future__ import annotations


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
