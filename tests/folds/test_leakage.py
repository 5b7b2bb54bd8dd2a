"""Leakage guard: what is on both sides is found, refused where it must be, and else reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from ser.corpora import Table
from ser.corpora.corpus import Utterance
from ser.corpora.emodb import EmoDB
from ser.corpora.row import Row
from ser.data.corpus_folds import CorpusFolds
from ser.errors import LeakageError
from ser.features import UtteranceStatistics
from ser.features.store import content_hashes
from ser.folds import Fold, regime
from ser.folds.guard import check_fold, describe
from ser.folds.overlaps import SIDES, Overlap, overlaps
from ser.folds.stretches import Content, overlapping


def speech(name: str, speaker: str = "03", sentence: str | None = "a01") -> Utterance:
    return Utterance(name, Path(f"{name}.wav"), "anger", speaker, sentence)


A, B, C = (speech(name, speaker) for name, speaker in zip("abc", ("03", "08", "09"), strict=True))


def fold(train: list[int], validation: list[int], test: list[int]) -> Fold:
    return Fold(0, *(np.array(side, dtype=np.intp) for side in (train, validation, test)))


APART = fold([0], [1], [2])


def test_sides_that_share_nothing_have_no_overlap() -> None:
    sides = dict(zip(SIDES, ([A], [B], [replace(C, sentence="b02")]), strict=True))
    assert [o.kind for o in overlaps(sides) if "test" in o.sides] == []


@pytest.mark.parametrize(
    ("sides", "named"),
    [
        (fold([0, 1], [], [1]), r"id b is on two sides of the split \(train and test\)"),
        (fold([0], [1], [1]), r"id b is on two sides of the split \(validation and test\)"),
        (fold([0, 1], [1], [2]), r"id b is on two sides of the split \(train and validation\)"),
    ],
)
def test_utterance_on_two_sides_is_refused_and_named(sides: Fold, named: str) -> None:
    with pytest.raises(LeakageError, match=named):
        check_fold(sides, [A, B, C], "kfold")


def test_same_file_under_another_name_is_refused_and_both_names_are_given() -> None:
    hashes = {"a": "1", "b": "2", "c": "1"}
    with pytest.raises(LeakageError, match=r"cv=kfold, fold 0: content a = c is on two sides"):
        check_fold(APART, [A, B, C], "kfold", hashes=hashes)


def test_planted_duplicate_of_a_real_file_is_caught(emodb: EmoDB, tmp_path: Path) -> None:
    first, second, *rest = emodb.utterances()[:6]
    planted = replace(second, path=tmp_path / "planted.wav")
    planted.path.write_bytes(first.path.read_bytes())
    utterances = [first, *rest, planted]
    hashes = dict(zip((u.id for u in utterances), content_hashes(utterances), strict=True))
    with pytest.raises(LeakageError, match=f"content {first.id} = {second.id} is on two sides"):
        check_fold(fold([0, 1, 2], [3], [4, 5]), utterances, "kfold", hashes=hashes)


def test_two_stretches_of_one_recording_are_not_the_same_audio() -> None:
    whole = Path("dialogue.wav")
    turns = [replace(u, path=whole, start=s, end=s + 1) for u, s in zip((A, B, C), (0.0, 1.0, 2.0))]  # noqa: B905 - equal lengths
    check_fold(APART, turns, "kfold", hashes=dict.fromkeys("abc", "1"))


@pytest.mark.parametrize(
    ("stretch", "names"),
    [
        ((0.5, 1.5), {"c"}),
        ((0.2, 0.4), {"c"}),  # within
        ((0.0, None), {"c"}),  # the whole recording
        ((0.95, 1.95), set()),  # a twentieth of a second, as of rounding
        ((1.0, 1.1), set()),  # the breath behind it
        ((0.0, 1.0), set()),  # the same: that is said as equal audio
    ],
)
def test_a_stretch_that_overlaps_with_another_is_named(
    stretch: tuple[float, float | None], names: set[str]
) -> None:
    first: dict[str, Content | None] = {"a": ("x", 0.0, 1.0), "b": None}
    assert overlapping(first, {"c": ("x", *stretch), "d": ("y", 0.0, 1.0)}) == names


def test_overlapping_stretches_are_said_and_refused_where_utterances_are_dealt_singly() -> None:
    stretches = [replace(u, start=s, end=s + 1) for u, s in ((A, 0.0), (B, 5.0), (C, 0.5))]
    hashes = dict.fromkeys("abc", "1")
    shared = check_fold(APART, stretches, "speaker", ("speaker",), hashes=hashes)
    said = describe([shared])
    assert "in every fold, the only test utterance overlaps with one in training" in said
    with pytest.raises(LeakageError, match=r"stretch c is on two sides .*they overlap with others"):
        check_fold(APART, stretches, "kfold", ("stretch",), hashes=hashes)


def test_random_folds_of_windows_that_overlap_are_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000 * 12)
    soundfile.write(tmp_path / "a.wav", noise, 16_000)
    lines = [f"a.wav,{('joy', 'anger')[i % 2]},s{i % 4},{i / 2},{i / 2 + 1}" for i in range(20)]
    table = tmp_path / "t.csv"
    table.write_text("\n".join(["path,emotion,speaker,start,end", *lines]))
    new, random = (
        CorpusFolds(Table(table), UtteranceStatistics(), cv, verify=False)
        for cv in ("speaker", regime("kfold", n_splits=4))
    )
    new.check(new.deal(0))
    assert any("overlap with others in training" in line for line in new.described)
    with pytest.raises(LeakageError, match="cv=kfold, fold 0: stretch"):
        random.check(random.deal(0))


def test_same_stretch_under_two_names_is_the_same_audio() -> None:
    turns = [replace(u, start=1.0, end=2.0) for u in (A, B, C)]
    with pytest.raises(LeakageError, match="content"):
        check_fold(APART, turns, "kfold", hashes=dict.fromkeys("abc", "1"))


ROWS = [A, B, Row(A, "noise")]


def test_copy_of_a_test_utterance_in_training_is_refused() -> None:
    with pytest.raises(LeakageError, match=r"copy a is on two sides .*protocol.unit=row"):
        check_fold(APART, ROWS, "kfold")


def test_copy_is_told_where_the_protocol_deals_rows() -> None:
    found = check_fold(APART, ROWS, "kfold", copies=True, hashes={"a": "1", "b": "2"})
    line = "in every fold, the only test utterance has copies in training"
    assert describe([found])[0] == line


def test_copies_on_the_training_side_alone_are_no_leak() -> None:
    rows = [A, Row(A, "noise"), B, C]
    assert "copy" not in {o.kind for o in check_fold(fold([0, 1], [2], [3]), rows, "kfold")}


@pytest.mark.parametrize("group", ["speaker", "sentence"])
def test_group_that_the_regime_keeps_apart_is_refused_and_named(group: str) -> None:
    mixed = [A, B, replace(C, speaker="03")]
    value = {"speaker": "03", "sentence": "a01"}[group]
    with pytest.raises(LeakageError, match=f"{group} {value} is on two sides"):
        check_fold(APART, mixed, group, [group])


def test_group_that_no_utterance_has_is_not_shared() -> None:
    silent = [replace(u, sentence=None) for u in (A, B, C)]
    assert check_fold(APART, silent, "kfold") == []


def test_error_names_ten_culprits_and_counts_the_rest() -> None:
    many = [speech(f"u{i:02}") for i in range(12)]
    both = list(range(12))
    with pytest.raises(LeakageError, match=r"id u00, .*u09, … \(12 in all\) are on two sides"):
        check_fold(fold(both, [], both), many, "kfold")


def test_what_every_fold_shares_is_one_line() -> None:
    corpus = [speech(f"{s}{t}", s, t) for s in ("03", "08") for t in ("a01", "b02")]
    folds = [check_fold(fold([0, 2], [], [1, 3]), corpus, "kfold") for _ in range(2)]
    assert describe(folds) == ["in every fold, all 2 test speakers are also in training"]


def test_speakers_in_train_and_validation_count_once() -> None:
    folds = [
        [Overlap("speaker", ("train", "test"), ("03", "08"), 4)],
        [Overlap("speaker", ("validation", "test"), ("08", "09", "10"), 4)],
        [],
    ]
    assert describe(folds) == ["in 2 of 3 folds, 2 or 3 of 4 test speakers are also in training"]


def test_utterances_are_counted_in_all_folds_and_not_only_in_those_that_share_some() -> None:
    folds = [[Overlap("content", ("train", "test"), ("a = b", "c = d"), 4)], [], []]
    sizes = [{"train": 8, "validation": 0, "test": size} for size in (4, 4, 5)]
    assert describe(folds, sizes) == [
        "in 1 of 3 folds, 2 of 13 test utterances are in training under others"
    ]


def test_validation_that_shares_more_than_the_test_side_is_told() -> None:
    corpus = [speech("a"), speech("b"), speech("c", "08", "b02")]
    found = check_fold(APART, corpus, "kfold")
    assert describe([found]) == [
        "in every fold, the only validation speaker is also in training",
        "in every fold, the only validation sentence is also in training",
    ]


@pytest.mark.parametrize("train", [(A, B), (B, A)], ids=["last", "first"])
def test_the_same_audio_is_found_beside_the_utterance_itself(train: tuple[Utterance, ...]) -> None:
    hashes = {"a": "equal", "b": "equal", "c": "another"}
    found = overlaps({"train": train, "validation": [C], "test": [B]}, hashes)
    assert [o.shared for o in found if o.kind == "content"] == [("a = b",)]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.data())
def test_overlap_is_what_the_sets_of_two_sides_have_in_common(data: st.DataObject) -> None:
    draw = st.lists(st.integers(0, 9), max_size=8, unique=True)
    sides = [data.draw(draw) for _ in SIDES]
    corpus = [speech(str(i), speaker=str(i % 4), sentence=str(i % 3)) for i in range(10)]
    found = overlaps(dict(zip(SIDES, ([corpus[i] for i in s] for s in sides), strict=True)))
    for kind, modulus in (("id", 10), ("speaker", 4), ("sentence", 3)):
        for pair in (("train", "test"), ("validation", "test"), ("train", "validation")):
            first, second = ({str(i % modulus) for i in sides[SIDES.index(s)]} for s in pair)
            shared = {o.shared for o in found if (o.kind, o.sides) == (kind, pair)}
            assert shared == ({tuple(sorted(first & second))} if first & second else set())
