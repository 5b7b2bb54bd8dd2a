"""A corpus that brings its split along is tested on it, as it is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.corpora import Utterance
from ser.errors import FoldError
from ser.folds import regime


def spoken(*splits: str | None) -> list[Utterance]:
    """Make an utterance for each split."""
    return [
        Utterance(f"u{i}", Path("a.wav"), "joy", f"s{i}", split=split)
        for i, split in enumerate(splits)
    ]


def test_sides_are_one_fold() -> None:
    listed = spoken("train", "dev", "Test", "train")
    taken = regime("predefined")
    assert taken.num_folds(listed) == 1
    fold = taken.fold(listed, 0)
    assert [list(fold.side(side)) for side in ("train", "validation", "test")] == [[0, 3], [1], [2]]


def test_other_values_are_folds_that_each_test_their_own() -> None:
    listed = spoken("2", "1", "10", "1")
    taken = regime("predefined")
    assert taken.num_folds(listed) == 3
    tests = [list(taken.fold(listed, index, validation=False).test) for index in range(3)]
    assert tests == [[1, 3], [0], [2]]
    assert "each utterance is tested once" in taken.notes(listed)[0]


@pytest.mark.parametrize(
    ("splits", "word"),
    [
        (("train", "dev", "tets"), "tets"),
        (("training", "valid", "eval"), "eval"),
        (("training", "testing"), "testing"),
        (("train", "test", "2"), "2"),
    ],
)
def test_a_word_that_is_no_side_beside_sides_makes_no_fold(
    splits: tuple[str, ...], word: str
) -> None:
    listed = spoken(*splits)
    first = listed[splits.index(word)].id
    with pytest.raises(FoldError, match=rf"word '{word}' \(first: {first}\), which is no side"):
        regime("predefined").num_folds(listed)


def test_folds_may_be_called_by_words() -> None:
    assert regime("predefined").num_folds(spoken("test1", "train2", "north", "Anna")) == 4
    assert regime("predefined").num_folds(spoken("north", "south", "east", "west")) == 4


def test_utterances_without_a_split_are_left_out_only_if_asked() -> None:
    listed = spoken("train", "train", "test", None)
    with pytest.raises(FoldError, match=r"does not list utterances that the corpus has: u3"):
        regime("predefined").fold(listed, 0)
    assert list(regime("predefined", subset=True).fold(listed, 0, validation=False).train) == [0, 1]


def test_a_corpus_without_a_split_needs_a_list() -> None:
    with pytest.raises(FoldError, match=r"cv=predefined needs cv.file=.*no split of its own"):
        regime("predefined").num_folds(spoken(None, None))
