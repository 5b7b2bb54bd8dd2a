"""Numbers in words."""

from __future__ import annotations

from collections.abc import Sequence


def ranges(numbers: Sequence[int]) -> str:
    """Write whole numbers as ranges.

    Example:
        >>> ranges([0, 1, 2, 5])
        '0–2, 5'
    """
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))


def several(word: str, numbers: Sequence[int]) -> str:
    """Write whole numbers behind what they are numbers of.

    Example:
        >>> several("fold", [3]), several("fold", [0, 1])
        ('fold 3', 'folds 0–1')
    """
    return f"{word}{'s' if len(numbers) > 1 else ''} {ranges(numbers)}"
