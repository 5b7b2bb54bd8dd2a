"""Inner folds: within the training side of a fold, of the same kind as the fold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ser.corpora.corpus import Utterance
from ser.errors import ConfigError, FoldError
from ser.folds import REGIMES, Fold, regime

WITH_INNER = [name for name in REGIMES if name not in ("predefined", "corpus")]
INNER = 3


@pytest.fixture(scope="module")
def published(emodb_names: list[Utterance]) -> list[Utterance]:
    """EmoDB's utterances, two speakers a session, so that every regime can split them."""
    order = sorted({u.speaker for u in emodb_names})
    return [replace(u, session=str(order.index(u.speaker) // 2)) for u in emodb_names]


def inner_folds(name: str, utterances: list[Utterance], outer: int = 1) -> tuple[Fold, list[Fold]]:
    chosen = regime(name, inner=INNER)
    fold = chosen.fold(utterances, outer % chosen.num_folds(utterances))
    return fold, [chosen.inner_fold(utterances, fold, i) for i in range(INNER)]


@pytest.mark.parametrize("name", WITH_INNER)
def test_inner_folds_never_see_the_test_side_of_their_fold(
    name: str, published: list[Utterance]
) -> None:
    outer, folds = inner_folds(name, published)
    training = {*outer.train.tolist(), *outer.validation.tolist()}
    for fold in folds:
        used = np.concatenate([fold.train, fold.validation, fold.test]).tolist()
        assert len(used) == len(set(used))
        assert set(used) <= training
        assert all(len(side) for side in (fold.train, fold.validation, fold.test))


@pytest.mark.parametrize("name", WITH_INNER)
def test_inner_folds_keep_apart_what_the_regime_keeps_apart(
    name: str, published: list[Utterance]
) -> None:
    _, folds = inner_folds(name, published)
    for group in REGIMES[name].groups:
        for fold in folds:
            sides = [
                {getattr(published[i], group) for i in side}
                for side in (fold.train, fold.validation, fold.test)
            ]
            assert sum(map(len, sides)) == len(set.union(*sides))


@pytest.mark.parametrize("name", [n for n in WITH_INNER if n != "speaker_sentence"])
def test_inner_folds_test_the_whole_training_side_once(
    name: str, published: list[Utterance]
) -> None:
    outer, folds = inner_folds(name, published)
    tested = np.concatenate([fold.test for fold in folds]).tolist()
    assert sorted(tested) == sorted([*outer.train.tolist(), *outer.validation.tolist()])


def test_inner_folds_of_new_speakers_and_sentences_test_each_of_both_once(
    published: list[Utterance],
) -> None:
    outer, folds = inner_folds("speaker_sentence", published)
    training = [*outer.train.tolist(), *outer.validation.tolist()]
    for group in ("speaker", "sentence"):
        held = [{getattr(published[i], group) for i in fold.test} for fold in folds]
        assert sum(map(len, held)) == len(set.union(*held))
        assert set.union(*held) <= {getattr(published[i], group) for i in training}


def test_a_holdout_of_speakers_has_inner_folds_of_speakers(published: list[Utterance]) -> None:
    chosen = regime("holdout", group="speaker", inner=INNER)
    outer = chosen.fold(published, 0)
    tested = [
        {published[i].speaker for i in chosen.inner_fold(published, outer, k).test}
        for k in range(INNER)
    ]
    assert sum(map(len, tested)) == len(set.union(*tested))


def test_a_list_of_folds_has_no_inner_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cv\.inner=3: cv=predefined takes its folds from a"):
        regime("predefined", file=tmp_path / "list.csv", inner=3)


def test_one_inner_fold_is_no_choice() -> None:
    with pytest.raises(ConfigError, match=r"cv\.inner=1 must be 2 or more"):
        regime("kfold", inner=1)


def test_inner_folds_must_be_asked_for(published: list[Utterance]) -> None:
    chosen = regime("kfold")
    with pytest.raises(FoldError, match=r"no inner folds here; pass cv\.inner=3"):
        chosen.inner_fold(published, chosen.fold(published, 0), 0)
