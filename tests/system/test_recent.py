"""Values that are kept for another question, up to a number of bytes."""

from __future__ import annotations

import pytest

from ser.system.recent import Recent


def test_a_value_is_made_once_while_it_is_kept() -> None:
    recent: Recent[int] = Recent(most=10)
    made: list[int] = []
    for key in (1, 2, 1, 2):
        recent.get(key, 5, lambda key=key: made.append(key) or key)
    assert made == [1, 2]


def test_what_was_not_asked_for_longest_goes_first() -> None:
    recent: Recent[str] = Recent(most=2)
    for key in "abacb":
        recent.get(key, 1, key.upper)
    assert recent.get("c", 1, lambda: "made anew") == "C"
    assert recent.get("a", 1, lambda: "made anew") == "made anew"


@pytest.mark.parametrize(("size", "kept"), [(1, 10), (3, 3), (11, 1)])
def test_all_of_them_stay_within_the_bytes_but_for_the_last(size: int, kept: int) -> None:
    recent: Recent[int] = Recent(most=10)
    for key in range(100):
        recent.get(key, size, lambda: 0)
    assert len(recent) == kept


def test_nothing_is_kept_of_what_cannot_be_made() -> None:
    recent: Recent[float] = Recent(most=10)
    with pytest.raises(ZeroDivisionError):
        recent.get("x", 1, lambda: 1 / 0)
    assert recent.get("x", 1, lambda: 2.0) == 2


def test_what_is_cleared_is_made_anew() -> None:
    recent: Recent[int] = Recent(most=10)
    recent.get("a", 10, lambda: 1)
    recent.clear()
    assert len(recent) == 0
    assert recent.get("a", 10, lambda: 2) == 2
    assert recent.get("b", 0, lambda: 3) == 3
    assert len(recent) == 2
