"""Numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 0.001  # p value that is written out


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


def p_value(p: float) -> str:
    """Write a p value, without the zero that every one begins with.

    Example:
        >>> p_value(0.013), p_value(0.0004), p_value(1.0)
        ('.013', '< .001', '1.000')
    """
    return f"< {SMALLEST:.3f}".replace("0.", ".") if p < SMALLEST else f"{p:.3f}".lstrip("0")
