"""Folds: everything is tested once, sides never meet, and equal arguments repeat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from iemocap_layout import write_iemocap
from numpy.random import RandomState
from sklearn.model_selection import KFold, ShuffleSplit

from ser.corpora.corpus import Utterance
from ser.corpora.emodb import EmoDB
from ser.corpora.iemocap import IEMOCAP
from ser.errors import ConfigError, FoldError, LeakageError
from ser.folds import REGIMES, Fold, Regime, regime

pytestmark = pytest.mark.filterwarnings("ignore:The least populated class")
DEALT = [name for name in REGIMES if name not in ("predefined", "corpus")]
SHUFFLED = ("kfold", "stratified", "speaker_kfold", "speaker_sentence", "holdout")
PARTITIONS = [name for name in DEALT if name != "speaker_sentence"]
EMOTIONS = ("anger", "neutral", "sadness")
quick = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much],
)


def utterance(
    number: int, emotion: str, speaker: str, sentence: str, session: str | None = None
) -> Utterance:
    return Utterance(f"{number:03}", Path(f"{number}.wav"), emotion, speaker, sentence, session)


def grid(speakers: int = 4, sentences: int = 3) -> list[Utterance]:
    """Every speaker says every sentence in every emotion; two speakers share a session."""
    turns = [(p, s, e) for p in range(speakers) for s in range(sentences) for e in EMOTIONS]
    return [
        utterance(i, e, f"speaker{p}", f"sentence{s}", f"session{p // 2}")
        for i, (p, s, e) in enumerate(turns)
    ]


@st.composite
def corpora(draw: st.DrawFn) -> list[Utterance]:
    """Draw 12 to 40 utterances, at least one of each of 4 speakers and of 3 sentences."""
    size = draw(st.integers(12, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    speakers = [*range(4), *random.integers(0, 6, size - 4)]
    sentences = [*range(3), *random.integers(0, 5, size - 3)]
    emotions = random.permutation([*EMOTIONS * 4, *random.choice(EMOTIONS, size - 12)])
    return [
        utterance(i, str(e), f"speaker{p}", f"sentence{s}", f"session{p % 3}")
        for i, (e, p, s) in enumerate(zip(emotions, speakers, sentences, strict=True))
    ]


def dealt(name: str, seed: int = 0, folds: int = 3) -> Regime:
    """Make a regime, with few folds where their number is a choice."""
    if name == "holdout":
        return regime(name, seed=seed, test_size=0.4)  # three emotions need three on each side
    return regime(name, folds if REGIMES[name].n_splits else None, seed)


def all_folds(chosen: Regime, utterances: list[Utterance], validation: bool = True) -> list[Fold]:
    count = chosen.num_folds(utterances)
    return [chosen.fold(utterances, i, validation) for i in range(count)]


def folds_if_possible(name: str, utterances: list[Utterance], seed: int) -> list[Fold]:
    """Give all folds; few speakers and sentences cannot always be dealt to three sides."""
    try:
        return all_folds(dealt(name, seed), utterances)
    except FoldError:
        assume(name != "speaker_sentence")
        raise


def values(utterances: list[Utterance], side: npt.NDArray[np.intp], key: str) -> set[str]:
    return {getattr(utterances[i], key) for i in side}


def assert_sound(fold: Fold, utterances: list[Utterance], groups: tuple[str, ...]) -> None:
    """Sides are disjoint and filled, share no group, and only what shares one is left out."""
    sides = [fold.train, fold.validation, fold.test]
    used = np.concatenate(sides)
    assert len(set(used.tolist())) == len(used)
    assert len(fold.train)
    assert len(fold.test)
    for key in groups:
        apart = [values(utterances, side, key) for side in sides]
        assert sum(map(len, apart)) == len(set.union(*apart))
    held = np.concatenate([fold.validation, fold.test])
    for i in set(range(len(utterances))) - set(used.tolist()):
        assert any(getattr(utterances[i], g) in values(utterances, held, g) for g in groups)


@pytest.mark.parametrize("name", DEALT)
@quick
@given(utterances=corpora(), seed=st.integers(0, 9))
def test_sides_of_any_corpus_are_apart(name: str, utterances: list[Utterance], seed: int) -> None:
    folds = folds_if_possible(name, utterances, seed)
    for fold in folds:
        assert_sound(fold, utterances, REGIMES[name].groups or ())
        assert len(fold.validation)
    if name != "holdout":
        tested = np.concatenate([fold.test for fold in folds])
        assert sorted(tested) == list(range(len(utterances)))


@pytest.mark.parametrize("name", PARTITIONS)
@quick
@given(utterances=corpora(), seed=st.integers(0, 9))
def test_all_that_is_not_held_out_is_trained_on(
    name: str, utterances: list[Utterance], seed: int
) -> None:
    for fold in folds_if_possible(name, utterances, seed):
        assert sum(map(len, (fold.train, fold.validation, fold.test))) == len(utterances)


@pytest.fixture(scope="session")
def layouts(
    emodb: EmoDB, emodb_names: list[Utterance], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Utterance]]:
    """EmoDB as published (its names), the small EmoDB, IEMOCAP's layout whole and scripted."""
    release = write_iemocap(tmp_path_factory.mktemp("iemocap"))
    return {
        "emodb": emodb_names,
        "small": emodb.utterances(),
        "iemocap": IEMOCAP(release).utterances(),
        "scripted": IEMOCAP(release, style="scripted").utterances(),
    }


LACKING = [
    ("session", "emodb"),
    ("session", "small"),
    ("sentence", "iemocap"),
    ("speaker_sentence", "iemocap"),
]
TOO_FEW = [("sentence", "small"), ("sentence", "scripted")]  # two sentences, and three sides


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("layout", ["emodb", "small", "iemocap", "scripted"])
@pytest.mark.parametrize("name", DEALT)
def test_sides_of_every_corpus_are_apart(
    name: str, layout: str, seed: int, layouts: dict[str, list[Utterance]]
) -> None:
    utterances = layouts[layout]
    small = layout in ("small", "scripted")
    parts = {"speaker_sentence": 2 if small else 3, "speaker_kfold": 3}
    chosen = dealt(name, seed, parts.get(name, 5))
    if (name, layout) in LACKING:
        with pytest.raises(FoldError, match=r"which (this corpus does not have|\d+ of \d+ utt)"):
            chosen.num_folds(utterances)
        return
    validation = (name, layout) not in TOO_FEW and not (small and name == "speaker_sentence")
    for fold in all_folds(chosen, utterances, validation):
        assert_sound(fold, utterances, REGIMES[name].groups or ())
        assert bool(len(fold.validation)) is validation


def test_speaker_sentence_folds_of_emodb_have_the_sizes_that_are_documented(
    layouts: dict[str, list[Utterance]],
) -> None:
    folds = all_folds(regime("speaker_sentence"), layouts["emodb"])
    assert len(folds) == 25
    sizes = [[len(getattr(fold, side)) for fold in folds] for side in ("test", "train")]
    assert [(min(side), max(side)) for side in sizes] == [(17, 29), (176, 214)]


@pytest.mark.parametrize("name", SHUFFLED)
def test_another_seed_gives_other_folds_of_emodb(
    name: str, layouts: dict[str, list[Utterance]]
) -> None:
    tested = [regime(name, seed=s).fold(layouts["emodb"], 0).test.tolist() for s in range(4)]
    assert len({tuple(side) for side in tested}) == 4


def test_speakers_are_dealt_in_pairs_with_every_emotion(
    layouts: dict[str, list[Utterance]],
) -> None:
    utterances = layouts["emodb"]
    for fold in all_folds(regime("speaker_kfold"), utterances):
        assert len(values(utterances, fold.test, "speaker")) == 2
        assert len(values(utterances, fold.test, "emotion")) == 7


@pytest.mark.parametrize(("group", "exact"), [(None, 0.005), ("speaker", 0.03)])
def test_holdout_tests_the_share_that_was_asked_for(
    group: str | None, exact: float, layouts: dict[str, list[Utterance]]
) -> None:
    chosen = regime("holdout", test_size=0.3, group=group)
    fold = chosen.fold(layouts["emodb"], 0)
    assert chosen.num_folds(layouts["emodb"]) == 1
    assert len(fold.test) / 535 == pytest.approx(0.3, abs=exact)
    assert_sound(fold, layouts["emodb"], (group,) if group else ())


@pytest.mark.parametrize(
    ("name", "setting", "message"),
    [
        ("speaker", {"test_size": 0.2}, r"cv.test_size=0.2: cv=speaker has no such setting"),
        ("kfold", {"file": "a.csv"}, r"cv.file=a.csv: cv=kfold has no such setting"),
        ("holdout", {"test_size": 1.5}, r"cv.test_size=1.5 must be between 0 and 1"),
        ("holdout", {"test_size": 0.0}, r"cv.test_size=0.0 must be between 0 and 1"),
        (
            "holdout",
            {"group": "age"},
            r"cv.group=.age. is unknown.*; choose one of speaker, sentence, session",
        ),
        ("holdout", {"n_splits": 5}, r"n_splits=5: cv=holdout has folds of its own"),
    ],
)
def test_setting_that_a_regime_does_not_take_is_an_error(
    name: str, setting: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        regime(name, **setting)


@pytest.mark.parametrize("seed", [None, 1.5, "0", True, -1, 2**31])
@pytest.mark.parametrize("name", ["kfold", "stratified", "speaker_kfold", "speaker_sentence"])
def test_a_regime_without_a_seed_is_refused(name: str, seed: Any) -> None:
    with pytest.raises(ConfigError, match=rf"cv.seed={seed} must be a whole number .*cv={name}"):
        regime(name, seed=seed)


def test_a_splitter_that_draws_other_folds_each_time_is_refused() -> None:
    drawn = KFold(3, shuffle=True, random_state=RandomState(0))
    for splitter in (KFold(3, shuffle=True), ShuffleSplit(3), drawn):
        with pytest.raises(ConfigError, match=r"deals other folds each time"):
            Regime("mine", splitter)
    assert Regime("mine", KFold(3)).num_folds(grid()) == 3


@quick
@given(utterances=corpora())
def test_each_speaker_validates_exactly_once(utterances: list[Utterance]) -> None:
    judges = [
        {utterances[i].speaker for i in fold.validation}
        for fold in all_folds(regime("speaker"), utterances)
    ]
    assert sorted(s for judge in judges for s in judge) == sorted({u.speaker for u in utterances})


def test_stratified_test_sides_hold_the_emotions_in_equal_shares() -> None:
    utterances = grid()
    for fold in all_folds(dealt("stratified"), utterances):
        counts = [sum(utterances[i].emotion == e for i in fold.test) for e in EMOTIONS]
        assert counts == [4, 4, 4]


def test_sessions_of_two_speakers_are_held_out_together() -> None:
    utterances = grid(speakers=6)
    tested = [
        {utterances[i].speaker for i in f.test} for f in all_folds(regime("session"), utterances)
    ]
    assert tested == [
        {"speaker0", "speaker1"},
        {"speaker2", "speaker3"},
        {"speaker4", "speaker5"},
    ]


def test_without_validation_all_that_is_not_tested_is_trained_on() -> None:
    fold = regime("stratified", 3).fold(grid(), 0, validation=False)
    assert (len(fold.train), len(fold.validation), len(fold.test)) == (24, 0, 12)


def test_test_side_does_not_depend_on_validation() -> None:
    chosen = regime("kfold", 3)
    tested = [chosen.fold(grid(), 1, validation).test.tolist() for validation in (True, False)]
    assert tested[0] == tested[1]


def test_another_seed_gives_other_folds() -> None:
    tested = [regime("kfold", 3, seed).fold(grid(), 0).test.tolist() for seed in (0, 1)]
    assert tested[0] != tested[1]


# Train, validation and test side of fold 1 of grid(sentences=1).
LITERALS = {
    "kfold": [[0, 5, 6, 9, 11], [3, 4, 10], [1, 2, 7, 8]],
    "stratified": [[1, 2, 6, 8, 9], [3, 5, 10], [0, 4, 7, 11]],
    "speaker": [[6, 7, 8, 9, 10, 11], [0, 1, 2], [3, 4, 5]],
    "speaker_kfold": [[0, 1, 2, 3, 4, 5], [9, 10, 11], [6, 7, 8]],
    "holdout": [[1, 2, 9, 11], [6, 7, 8], [0, 3, 4, 5, 10]],
}


@pytest.mark.parametrize("name", LITERALS)
def test_splits_are_the_same_on_every_machine(name: str) -> None:
    fold = dealt(name).fold(grid(sentences=1), 0 if name == "holdout" else 1)
    assert [side.tolist() for side in (fold.train, fold.validation, fold.test)] == LITERALS[name]


@pytest.mark.parametrize("index", [10, -1, 99])
def test_fold_that_does_not_exist_is_an_error_that_names_the_range(index: int) -> None:
    with pytest.raises(FoldError, match=rf"fold={index} .* 10 folds here, 0 to 9"):
        regime("kfold").fold(grid(), index)


def test_unknown_regime_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ConfigError, match=r"cv='loso' .*kfold, stratified, speaker"):
        regime("loso")


@pytest.mark.parametrize("name", ["speaker", "session", "sentence"])
def test_number_of_folds_cannot_be_chosen_where_the_corpus_decides_it(name: str) -> None:
    with pytest.raises(ConfigError, match=f"n_splits=5: cv={name}"):
        regime(name, 5)


@pytest.mark.parametrize("n_splits", [-1, 0, 1])
def test_fewer_than_two_folds_are_an_error(n_splits: int) -> None:
    with pytest.raises(ConfigError, match=f"n_splits={n_splits} must be 2 or more"):
        regime("kfold", n_splits)


def test_corpus_without_sessions_is_an_error_that_names_another_way() -> None:
    silent = [utterance(0, "anger", "03", "a01"), utterance(1, "anger", "08", "a01")]
    with pytest.raises(FoldError, match=r"session, which this corpus does not have .*speaker"):
        regime("session").num_folds(silent)


def test_more_folds_than_utterances_is_an_error_that_says_so() -> None:
    with pytest.raises(FoldError, match=r"cannot split 12 utterances.*n_splits"):
        regime("kfold", 13).fold(grid(sentences=1), 0)


@pytest.mark.parametrize(("name", "folds"), [("speaker", None), ("speaker_kfold", 2)])
def test_two_speakers_are_too_few_for_three_sides(name: str, folds: int | None) -> None:
    chosen = regime(name, folds)
    with pytest.raises(
        FoldError, match=r"another speaker: pass protocol\.validation=false"
    ) as error:
        chosen.fold(grid(speakers=2), 0)
    assert "n_splits" not in str(error.value)
    fold = chosen.fold(grid(speakers=2), 0, validation=False)
    assert not len(fold.validation)
    assert len(fold.train) == len(fold.test)


def test_what_is_too_little_for_validation_alone_is_said_to_be_that() -> None:
    chosen = regime("stratified", 12)  # as many as there are of each emotion
    with pytest.raises(FoldError, match=r"split again for validation, which protocol\.validation"):
        chosen.fold(grid(), 0)
    with pytest.raises(FoldError, match="what fold 0 trains on"):
        chosen.fold(grid(), 0)
    assert len(chosen.fold(grid(), 0, validation=False).test) == len(grid()) // 12


def test_inner_folds_that_leave_one_speaker_are_told_from_the_outer_ones() -> None:
    chosen, spoken = regime("speaker", inner=2), grid(speakers=4)
    outer = chosen.fold(spoken, 0)
    with pytest.raises(FoldError, match=r"an inner fold of cv=speaker leaves one .*cv\.inner=…"):
        [chosen.inner_fold(spoken, outer, index) for index in range(2)]
    more = regime("speaker", inner=3)
    assert all(len(more.inner_fold(spoken, outer, index).validation) for index in range(3))


def test_a_group_that_some_utterances_lack_is_not_said_to_be_missing() -> None:
    spoken = [replace(each, session="1") for each in grid()]
    spoken[3] = replace(spoken[3], session=None)
    with pytest.raises(FoldError, match=rf"which 1 of {len(spoken)} utterances lack \(first: "):
        regime("session").num_folds(spoken)


def test_one_speaker_is_sent_to_another_regime_and_not_to_a_setting_that_is_none() -> None:
    with pytest.raises(FoldError, match=r"cannot split 9 utterances.*take another cv\.$"):
        regime("speaker").fold(grid(speakers=1), 0)


def test_more_folds_than_speakers_is_an_error_rather_than_an_empty_side() -> None:
    chosen = regime("speaker_kfold", 5)
    with pytest.raises(FoldError, match=r"cv=speaker_kfold .*cv\.n_splits"):
        chosen.fold(grid(speakers=4), 4)  # dealt in turn, the fifth would get none


def positions(*items: int) -> npt.NDArray[np.intp]:
    return np.array(items, dtype=np.intp)


@pytest.mark.parametrize(
    "fold",
    [
        Fold(0, positions(0, 1), positions(2), positions(1)),
        Fold(0, positions(0, 1), positions(1), positions(2)),
        Fold(0, positions(0), positions(1), positions(1, 2)),
    ],
    ids=["train and test", "train and validation", "validation and test"],
)
def test_utterance_on_two_sides_is_leakage_that_is_named(fold: Fold) -> None:
    with pytest.raises(LeakageError, match="id 001 is on two sides"):
        regime("kfold").guard(fold, grid())


def test_speaker_on_two_sides_is_leakage_where_the_regime_forbids_it() -> None:
    fold = Fold(0, positions(0), positions(12), positions(1))  # 0 and 1 are of one speaker
    with pytest.raises(LeakageError, match="speaker speaker0 is on two sides"):
        regime("speaker").guard(fold, grid())


def test_speaker_on_two_sides_is_allowed_where_the_regime_allows_it() -> None:
    regime("kfold").guard(Fold(0, positions(0), positions(12), positions(1)), grid())
