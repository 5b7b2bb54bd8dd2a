"""Names that readers take for one, in alphabets other than the Latin one as well."""

from __future__ import annotations

import pytest

from ser.corpora.spelling import alike


@pytest.mark.parametrize("capital", ["Восторг", "Нина", "Ελένη", "Νίκος", "Jürgen", "Joy"])
def test_case_is_all_that_differs_in_any_alphabet(capital: str) -> None:
    names = [capital, capital.lower()]
    assert alike(names) == []
    assert alike(names, caseless=True) == [names]


def test_whole_numbers_of_one_value_are_alike() -> None:
    assert alike(["1", "01", "2", "1.0", "10", "s1", "s01", "0", "00"]) == [
        ["1", "01", "1.0"],
        ["0", "00"],
    ]


def test_a_letter_of_another_alphabet_is_seen_in_any_case() -> None:
    names = ["Bert", "\u0412ert", "bert", "b\u0435rt"]  # the second and the last have one
    assert alike(names) == [names[:2], names[2:]]
    assert alike(names, caseless=True) == [names]
