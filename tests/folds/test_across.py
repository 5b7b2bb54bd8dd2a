"""``cv=corpus``: a corpus is tested that nothing was learnt from, and speakers validate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ser.corpora import Utterance
from ser.errors import ConfigError, FoldError, LeakageError
from ser.folds import Fold, regime
from ser.folds.guard import check_fold, describe
from ser.folds.overlaps import overlaps_of

CORPORA = ("east", "north", "south")


def listed(corpora: tuple[str, ...] = CORPORA, speakers: int = 4) -> list[Utterance]:
    """List corpora of some speakers in two emotions."""
    return [
        Utterance(f"{c}/{s}{e}{n}", Path("x"), e, f"{c}/{s}", corpus=c)
        for c in corpora
        for s in range(speakers)
        for e in ("anger", "joy")
        for n in range(2)
    ]


def groups(fold: Fold, side: str, group: str) -> set[str]:
    utterances = listed()
    return {getattr(utterances[i], group) for i in fold.side(side)}


def test_each_fold_tests_one_whole_corpus_and_validates_on_new_speakers_of_the_others() -> None:
    chosen = regime("corpus")
    assert chosen.num_folds(listed()) == 3
    for index, corpus in enumerate(CORPORA):
        fold = chosen.fold(listed(), index)
        assert groups(fold, "test", "corpus") == {corpus}
        assert len(fold.test) == 16
        assert corpus not in groups(fold, "train", "corpus") | groups(fold, "validation", "corpus")
        assert groups(fold, "train", "corpus") == set(CORPORA) - {corpus}
        assert len(fold.validation)
        assert not groups(fold, "train", "speaker") & groups(fold, "validation", "speaker")


def test_other_speakers_validate_in_each_fold_of_a_seed() -> None:
    chosen = regime("corpus", seed=1)
    first = [groups(chosen.fold(listed(), i), "validation", "speaker") for i in range(3)]
    assert len(set(map(frozenset, first))) == 3


def test_a_corpus_that_is_named_is_the_only_one_that_is_tested() -> None:
    chosen = regime("corpus", test="north")
    assert chosen.num_folds(listed()) == 1
    assert groups(chosen.fold(listed(), 0), "test", "corpus") == {"north"}
    assert chosen.notes(listed()) == ["trained on east and south, tested on north"]
    assert regime("corpus").notes(listed()) == [
        "fold 0 tests east, fold 1 tests north, fold 2 tests south"
    ]


def test_inner_folds_keep_speakers_apart_and_leave_the_test_corpus_out() -> None:
    chosen = regime("corpus", inner=2)
    outer = chosen.fold(listed(), 0)
    for index in range(2):
        inner = chosen.inner_fold(listed(), outer, index)
        sides = [groups(inner, side, "speaker") for side in ("train", "validation", "test")]
        assert len(set.union(*sides)) == sum(map(len, sides))
        assert "east" not in set.union(*(groups(inner, s, "corpus") for s in ("train", "test")))


def test_one_speaker_to_train_on_is_refused_with_the_way_out() -> None:
    utterances = listed(("east", "north"), speakers=1)
    with pytest.raises(FoldError, match=r"pass protocol\.validation=false"):
        regime("corpus").fold(utterances, 0)
    assert len(regime("corpus").fold(utterances, 0, validation=False).train) == 4


def test_a_corpus_alone_is_refused_with_the_words_to_write() -> None:
    single = [Utterance(u.id, u.path, u.emotion, u.speaker) for u in listed()]
    with pytest.raises(FoldError, match=r"Join several, as data=\[emodb,synthetic\]"):
        regime("corpus").num_folds(single)
    with pytest.raises(FoldError, match="needs two corpora"):
        regime("corpus").fold(listed(("east",)), 0)


def test_a_corpus_on_both_sides_is_leakage_but_one_may_validate() -> None:
    utterances = listed(("east", "north"), speakers=2)
    east, north = np.split(np.arange(16), 2)
    mixed = Fold(0, east, north[:4], north[4:])
    with pytest.raises(LeakageError, match="corpus north is on two sides"):
        check_fold(mixed, utterances, "corpus", ("corpus",), within=("speaker",))
    speakers = Fold(0, east[::2], east[1::2], north)
    with pytest.raises(LeakageError, match="speaker east/0, east/1 are on two sides"):
        check_fold(speakers, utterances, "corpus", ("corpus",), within=("speaker",))
    apart = Fold(0, east[:4], east[4:], north)
    found = check_fold(apart, utterances, "corpus", ("corpus",), within=("speaker",))
    assert [(o.kind, o.sides) for o in found] == [("corpus", ("train", "validation"))]


def test_corpora_on_both_sides_of_random_folds_are_reported_by_their_plural() -> None:
    fold = regime("stratified", 2).fold(listed(), 0)
    lines = describe([overlaps_of(fold, listed())])
    assert "in every fold, all 3 test corpora are also in training" in lines


def test_settings_of_other_regimes_are_refused() -> None:
    with pytest.raises(ConfigError, match="cv=corpus holds out one corpus a fold"):
        regime("corpus", 5)
    with pytest.raises(ConfigError, match="cv=speaker has no such setting"):
        regime("speaker", test="north")
