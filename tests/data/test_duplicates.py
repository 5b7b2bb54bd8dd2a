"""Identical files: on one side of every fold, left out but for one, or refused; always said."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ser.corpora import Synthetic
from ser.data.corpus_folds import CorpusFolds
from ser.errors import ConfigError, CorpusError, FoldError, LeakageError
from ser.features import UtteranceStatistics
from ser.folds import regime
from ser.folds.duplicates import deal_together
from ser.folds.fold import SIDES
from ser.folds.protocol import Protocol
from ser.runs.record import differing

SINGLY = ["stratified", "kfold", "holdout"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    corpus = Synthetic(tmp_path_factory.mktemp("whole") / "synthetic", sentences=3, speakers=3)
    corpus.prepare()
    return corpus


@pytest.fixture(scope="module")
def twice(whole: Synthetic, tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    """Give a corpus with three files of one speaker, and a pair of two, under other names."""
    root = shutil.copytree(whole.root, tmp_path_factory.mktemp("twice") / "synthetic")
    copy = Synthetic(root, sentences=3, speakers=3)
    listed = copy.utterances()
    for source, *places in ((0, 5, 9), (1, 40)):
        for place in places:
            shutil.copy(listed[source].path, listed[place].path)
    return copy


@pytest.fixture(scope="module")
def ids(twice: Synthetic) -> list[str]:
    listed = [u.id for u in twice.utterances()]
    return [listed[i] for i in (0, 5, 9, 1, 40)]


def folds(corpus: Synthetic, cv: Any = "stratified", **settings: Any) -> CorpusFolds:
    chosen = regime(cv, 4 if cv in ("stratified", "kfold") else None) if isinstance(cv, str) else cv
    return CorpusFolds(corpus, UtteranceStatistics(), chosen, verify=False, **settings)


def sides_of(data: CorpusFolds, names: list[str]) -> list[set[str]]:
    """Sides that some utterances are on, in each fold."""
    return [
        {side for side in SIDES for i in fold.side(side) if data.rows[i].id in names}
        for fold in data.dealt
    ]


@pytest.mark.parametrize("cv", SINGLY)
def test_identical_files_are_on_one_side_of_every_fold(
    cv: str, twice: Synthetic, ids: list[str]
) -> None:
    data = folds(twice, cv)
    for names in (ids[:3], ids[3:]):
        assert all(len(sides) == 1 for sides in sides_of(data, names))
    for fold in data.dealt:
        data.check(fold)
        assert sorted(np.concatenate([fold.side(s) for s in SIDES])) == list(range(63))


def test_inner_folds_keep_them_together_as_well(twice: Synthetic, ids: list[str]) -> None:
    data = folds(twice, regime("stratified", 3, inner=2))
    for inner in (0, 1):
        fold = data.deal(0, inner)
        data.check(fold)
        for names in (ids[:3], ids[3:]):
            sides = {s for s in SIDES for i in fold.side(s) if data.rows[i].id in names}
            assert len(sides) <= 1


def test_what_became_of_them_is_said(twice: Synthetic, ids: list[str]) -> None:
    (note,) = folds(twice).notes
    sets = f"{' = '.join(ids[:3])}, {' = '.join(ids[3:])}"
    assert note.startswith("3 files are identical to another, with which they are on one side")
    assert sets in note
    assert note.endswith("(1 of different speakers and 2 of different emotions)")


@pytest.mark.parametrize("cv", SINGLY)
def test_corpus_without_them_is_dealt_as_ever(cv: str, whole: Synthetic) -> None:
    data = folds(whole, cv)
    assert data.notes == []
    for fold in data.dealt:
        plain = data.regime.fold(data.utterances, fold.index)
        assert all(np.array_equal(fold.side(s), plain.side(s)) for s in SIDES)


def test_all_but_one_are_left_out(twice: Synthetic, ids: list[str]) -> None:
    data = folds(twice, duplicates="drop")
    left = {u.id for u in twice.utterances()} - {u.id for u in data.utterances}
    assert left == {ids[1], ids[2], ids[4]}
    assert set(data.hashes) == {u.id for u in data.utterances}
    assert data.notes[0].startswith("3 files are left out, being identical to one that is kept")
    assert all(data.check(fold) is not None for fold in data.dealt)


def test_speakers_that_share_a_file_are_refused_with_a_way_out(twice: Synthetic) -> None:
    data = folds(twice, "speaker")
    with pytest.raises(LeakageError, match=r"is on two sides.*data\.duplicates=drop"):
        data.check(data.dealt[0])
    data = folds(twice, "speaker", duplicates="drop")
    for fold in data.dealt:
        data.check(fold)


def test_they_are_refused_where_that_is_asked_for(twice: Synthetic, whole: Synthetic) -> None:
    with pytest.raises(CorpusError, match=r"3 files identical to others: .*=drop"):
        _ = folds(twice, duplicates="refuse").utterances
    assert len(folds(whole, duplicates="refuse").utterances) == 63


def test_unknown_choice_is_refused(whole: Synthetic) -> None:
    with pytest.raises(ConfigError, match=r"data\.duplicates='merge' is unknown"):
        folds(whole, duplicates="merge")


@pytest.mark.parametrize(
    "settings",
    [{"protocol": Protocol("published", unit="row", validation=False)}, {"cv": "speaker"}],
    ids=["rows", "speakers"],
)
def test_nothing_is_claimed_where_they_are_not_dealt_as_one(
    settings: dict[str, Any], twice: Synthetic
) -> None:
    data = folds(twice, **settings)
    assert data.notes[0].startswith("3 files are identical to another: ")
    assert any("under other" in line for line in data.described)


def test_choice_is_a_part_of_what_a_run_is() -> None:
    before: dict[str, Any] = {"cv.name": "stratified"}
    assert differing(before, {**before, "data.duplicates": "together"}) == []
    assert differing(before, {**before, "data.duplicates": "drop"}) == ["data.duplicates"]
    assert differing(before, {**before, "cv.missing": "skip"}) == ["cv.missing"]


@pytest.mark.parametrize("place", ["features", "model.parts.first.features"])
def test_settings_that_came_later_are_as_they_were_before(place: str) -> None:
    before: dict[str, Any] = {"cv.name": "stratified"}
    same = {f"{place}.gate": None, f"{place}.modulations": False, "model.shares": "likeliest"}
    other = {f"{place}.gate": 30.0, f"{place}.modulations": True, "model.shares": "equal"}
    same["model.subtract_mean"], other["model.subtract_mean"] = False, True
    assert differing(before, {**before, **same}) == []
    assert differing(before, {**before, **other}) == sorted(other)


@pytest.mark.parametrize("place", ["model", "model.parts.frames.model"])
@pytest.mark.parametrize(
    ("network", "subtracted"),
    [
        ("CNN", True),
        ("CNN2D", False),
        ("CNN2DLSTM", False),
        ("LSTMClassifier", False),
        ("ResNet", False),
        ("ResNet50", False),
    ],
)
def test_means_are_subtracted_as_each_network_did_before(
    place: str, network: str, subtracted: bool
) -> None:
    before = {f"{place}._target_": f"ser.models.{network}"}
    key = f"{place}.subtract_mean"
    assert differing(before, {**before, key: subtracted}) == []
    assert differing(before, {**before, key: not subtracted}) == [key]
    assert differing(before, {**before, key: "both"}) == [key]


def test_identical_files_are_named_where_they_leave_too_few_to_deal(whole: Synthetic) -> None:
    first = whole.utterances()[0]
    units = [replace(first, id=str(i), speaker=str(i)) for i in range(12)]
    place = r"cannot split 1 utterance .* Of the 12 utterances listed, 11 hold .* go: 0 = 1 = 2 = "
    with pytest.raises(FoldError, match=place):
        deal_together(lambda kept: regime("stratified").fold(kept, 0), units, [units])


def test_inner_folds_that_cannot_be_dealt_are_refused_with_the_fold(
    twice: Synthetic,
) -> None:
    data = folds(twice, regime("stratified", 3, inner=1000))
    data.check(data.deal(0))
    with pytest.raises(FoldError, match=r"take fewer folds \(cv\.inner=…\)"):
        data.check_within(0)
