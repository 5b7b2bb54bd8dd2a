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
    for group in REGIMES[name].groups or ():
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


def listed(utterances: list[Utterance], folds: list[int], path: Path) -> Path:
    lines = [f"{u.id},{fold}" for u, fold in zip(utterances, folds, strict=True)]
    path.write_text("\n".join(["id,fold", *lines]))
    return path


def by_speaker(utterances: list[Utterance]) -> list[int]:
    order = sorted({u.speaker for u in utterances})
    return [order.index(u.speaker) % 5 for u in utterances]


@pytest.mark.parametrize("validation", [True, False])
@pytest.mark.parametrize("own", [True, False])
def test_inner_folds_of_a_list_keep_apart_what_the_list_does(
    published: list[Utterance], tmp_path: Path, own: bool, validation: bool
) -> None:
    dealt = by_speaker(published)
    file = None if own else listed(published, dealt, tmp_path / "list.csv")
    split = [replace(u, split=str(fold)) for u, fold in zip(published, dealt, strict=True)]
    chosen = regime("predefined", file=file, inner=INNER)
    outer = chosen.fold(split, 1, validation)
    folds = [chosen.inner_fold(split, outer, i, validation) for i in range(INNER)]
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested) == sorted(outer.learnt)
    for fold in folds:
        speakers = [{split[i].speaker for i in side} for side in (fold.train, fold.validation)]
        speakers.append({split[i].speaker for i in fold.test})
        assert bool(speakers[1]) == validation
        assert sum(map(len, speakers)) == len(set.union(*speakers)) == 8
    again = regime("predefined", file=file, inner=INNER).inner_fold(split, outer, 0, validation)
    assert (again.test == folds[0].test).all()


def test_inner_folds_of_a_random_list_spread_the_emotions(
    published: list[Utterance], tmp_path: Path
) -> None:
    drawn = np.random.default_rng(0).integers(0, 5, len(published)).tolist()
    chosen = regime("predefined", file=listed(published, drawn, tmp_path / "l.csv"), inner=INNER)
    outer = chosen.fold(published, 0)
    folds = [chosen.inner_fold(published, outer, i) for i in range(INNER)]
    assert sorted(np.concatenate([fold.test for fold in folds])) == sorted(outer.learnt)
    anger = [sum(published[i].emotion == "anger" for i in fold.test) for fold in folds]
    assert max(anger) - min(anger) < 0.25 * np.mean(anger)


def test_a_list_of_too_few_speakers_says_what_to_change(
    published: list[Utterance], tmp_path: Path
) -> None:
    file = listed(published, by_speaker(published), tmp_path / "list.csv")
    chosen = regime("predefined", file=file, inner=20)
    fold = chosen.fold(published, 0)
    with pytest.raises(FoldError, match=r"cv=predefined cannot split .* fewer inner folds \(cv"):
        chosen.inner_fold(published, fold, 0)
    with pytest.raises(FoldError, match=r"fold=20 does not exist"):
        chosen.inner_fold(published, fold, 20)


def test_one_inner_fold_is_no_choice() -> None:
    with pytest.raises(ConfigError, match=r"cv\.inner=1 must be 2 or more"):
        regime("kfold", inner=1)


def test_inner_folds_must_be_asked_for(published: list[Utterance]) -> None:
    chosen = regime("kfold")
    with pytest.raises(FoldError, match=r"no inner folds here; pass cv\.inner=3"):
        chosen.inner_fold(published, chosen.fold(published, 0), 0)
