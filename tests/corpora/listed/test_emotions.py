"""Emotions are chosen, ordered and renamed as asked; a name that is not there is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ser.corpora.listed.emotions import Emotions
from ser.errors import ConfigError

FOUND = ["joy", "anger", "fru", "neutral"]


@pytest.mark.parametrize(
    ("wanted", "labels"),
    [
        (None, ("anger", "fru", "joy", "neutral")),
        (["neutral", "joy", "anger", "fru"], ("neutral", "joy", "anger", "fru")),
        ({"fru": None}, ("anger", "joy", "neutral")),
        ({"joy": "happiness", "fru": None}, ("happiness", "anger", "neutral")),
        (
            {"joy": "positive", "anger": "negative", "fru": "negative"},
            ("positive", "negative", "neutral"),
        ),
        ({"joy": "joy", "anger": "anger", "*": None}, ("joy", "anger")),
        ({"neutral": "neutral", "*": "other"}, ("neutral", "other")),
    ],
)
def test_classes_are_in_the_order_asked_for(wanted: Any, labels: tuple[str, ...]) -> None:
    assert Emotions(wanted, FOUND).labels == labels


def test_what_is_mapped_to_nothing_is_left_out() -> None:
    chosen = Emotions({"joy": "happiness", "fru": None}, FOUND)
    assert [chosen.of(name) for name in FOUND] == ["happiness", "anger", None, "neutral"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["joy", "angr"], r"'angr', which the corpus does not have \(did you mean 'anger'\?\)"),
        ({"joi": "joy"}, r"'joi', which the corpus does not have"),
        ({"joy": "joy", "*": None}, r"1 emotion \(joy\) leaves nothing to choose from"),
        ("joy", r"must be a list, as \[anger, fru\], or a mapping"),
    ],
)
def test_what_cannot_be_chosen_is_refused(wanted: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Emotions(wanted, FOUND)
