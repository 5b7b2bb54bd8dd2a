"""What a corpus lists is checked at once: all faults in one sentence, before anything is made."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ser.corpora import Corpus, Utterance
from ser.corpora.contract import checked
from ser.data.corpus_folds import CorpusFolds
from ser.errors import CorpusError
from ser.features import UtteranceStatistics

LABELS = ("anger", "None", "NA")


@pytest.fixture
def utterances(tmp_path: Path) -> list[Utterance]:
    path = tmp_path / "speech.wav"
    path.touch()
    names = ['a#1,"b"', "aü😀", "b c", "z"]
    pairs = zip(names, ("NA", "None", "nan", "03"), strict=True)
    return [Utterance(name, path, "NA", speaker, sentence="null") for name, speaker in pairs]


def refusal(utterances: Sequence[Any], labels: Any = LABELS) -> str:
    with pytest.raises(CorpusError) as error:
        checked("own", labels, utterances)
    return str(error.value)


def test_names_that_look_like_nothing_or_like_syntax_are_names(utterances: list[Utterance]) -> None:
    assert checked("own", LABELS, utterances) == utterances


def test_utterances_are_sorted_whatever_the_order_of_the_list(utterances: list[Utterance]) -> None:
    shuffled = random.Random(0).sample(utterances, len(utterances))
    assert checked("own", LABELS, shuffled) == utterances


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"id": ""}, "id must be text"),
        ({"id": 3}, "id must be text"),
        ({"id": "a\nb"}, "id must be text"),
        ({"id": "\udc80"}, "id must be text"),
        ({"speaker": 3}, r"speaker must be text .*str\(…\): 3 of z"),
        ({"speaker": float("nan")}, "speaker must be text .*nan of z"),
        ({"speaker": "a\tb"}, "speaker must be text"),
        ({"emotion": "joy"}, "emotion must be one of anger, None, NA: 'joy' of z"),
        ({"emotion": None}, "emotion must be one of .*: None of z"),
        ({"sentence": 4}, "sentence must be text .* or give None: 4 of z"),
        ({"session": ""}, "session must be text"),
        ({"path": "speech.wav"}, "path must be a pathlib.Path: 'speech.wav' of z"),
        ({"path": Path("absent.wav")}, "path must be a file that exists: .*absent.wav.* of z"),
        ({"path": Path("/")}, "path must be a file that exists"),
        ({"start": -1.0}, "start and end must be seconds"),
        ({"start": 2.0, "end": 1.0}, r"0 <= start < end: \(2.0, 1.0\) of z"),
        ({"start": float("nan")}, "start and end must be seconds"),
        ({"start": None}, "start and end must be seconds"),
        ({"end": "1"}, "start and end must be seconds"),
    ],
)
def test_a_broken_rule_is_named_with_the_utterance(
    changes: dict[str, Any], rule: str, utterances: list[Utterance]
) -> None:
    with pytest.raises(CorpusError, match=rule):
        checked("own", LABELS, [*utterances[:3], replace(utterances[3], **changes)])


@pytest.mark.parametrize(
    ("labels", "rule"),
    [
        ("anger", "labels must be a tuple, not 'anger'"),
        (("NA",), "two emotions or more"),
        (("NA", "NA"), "labels must differ: 'NA'"),
        (("NA", 3), "a label must be text"),
        (("NA", "NA "), "labels must differ in more than spaces"),
    ],
)
def test_labels_keep_to_rules_too(labels: Any, rule: str, utterances: list[Utterance]) -> None:
    assert rule in refusal(utterances, labels)


def test_all_broken_rules_are_named_at_once(utterances: list[Utterance]) -> None:
    changes = [{"speaker": 3}, {"emotion": "joy"}, {"path": "x"}, {"start": -1.0}]
    faulty = [replace(u, **change) for u, change in zip(utterances, changes, strict=True)]
    said = refusal(faulty)
    for rule in ("speaker must", "emotion must", "path must", "start and end must"):
        assert rule in said


def test_what_is_no_utterance_hides_no_other_fault(utterances: list[Utterance]) -> None:
    said = refusal([None, replace(utterances[0], speaker=3)])
    assert "must give Utterance: None" in said
    assert "speaker must be text" in said


def test_the_first_ten_are_named_and_the_others_counted(utterances: list[Utterance]) -> None:
    many = [replace(utterances[0], id=f"u{i:02d}", emotion="joy") for i in range(45)]
    said = refusal(many)
    assert "u09" in said
    assert "u10" not in said
    assert "(45 in all)" in said


def test_an_id_that_occurs_twice_is_named(utterances: list[Utterance]) -> None:
    said = refusal([*utterances, replace(utterances[0], id="aü😀")])
    assert "ids must be unique: aü😀 (2 times)" in said


@pytest.mark.parametrize(
    "twin",
    [
        *("Ju\u0308rgen", "Jürgen ", " Jürgen", "Jürgen\u200b", "\ufeffJürgen", "J\u00adürgen"),
        *("Jürg\u0435n", "\u0408ürgen"),  # letters of Cyrillic
    ],
)
@pytest.mark.parametrize("field", ["id", "speaker", "sentence", "session"])
def test_names_that_no_reader_can_tell_apart_are_refused(
    field: str, twin: str, utterances: list[Utterance]
) -> None:
    names = zip(utterances, ("Jürgen", twin), strict=False)
    pair: list[Utterance] = [replace(u, **{field: name}) for u, name in names]
    said = refusal(pair)
    assert f"{field}s must differ in more than spaces, invisible characters" in said
    assert f"'J\\xfcrgen' and {twin!a}" in said


def test_names_that_differ_in_a_letter_or_its_case_are_two(utterances: list[Utterance]) -> None:
    speakers = zip(utterances, ("Anna", "anna", "Anna B", "Ana"), strict=True)
    listed = [replace(u, speaker=name) for u, name in speakers]
    assert checked("own", LABELS, listed) == listed


@pytest.mark.parametrize("listed", [[], None, ["03a01Fa"]], ids=["nothing", "None", "strings"])
def test_a_list_without_utterances_is_refused(listed: list[Any]) -> None:
    assert "utterances" in refusal(listed)


class Faulty(Corpus):
    """A corpus with an emotion outside its labels, and audio that cannot be read."""

    name, labels, counts = "faulty", LABELS, {}

    def __init__(self, path: Path) -> None:
        self.path = path

    def utterances(self) -> list[Utterance]:
        return [Utterance("a", self.path, "joy", "03"), Utterance("b", self.path, "NA", "08")]


@pytest.mark.parametrize(
    "listed", [None, ["03a01Fa"], [Utterance("a", Path("a.wav"), [], "b")]], ids=type
)
def test_what_is_no_list_of_utterances_has_counts_that_are_wrong(listed: Any) -> None:
    class Own(Corpus):
        name = "own"
        labels, counts = LABELS, {"NA": 3}

        def utterances(self) -> list[Utterance]:
            return listed

    with pytest.raises(CorpusError, match="NA 0 instead of 3"):
        Own().verify()


def test_a_corpus_is_checked_before_its_folds_are_dealt(utterances: list[Utterance]) -> None:
    folds = CorpusFolds(Faulty(utterances[0].path), UtteranceStatistics())
    with pytest.raises(CorpusError, match="'joy' of a"):
        _ = folds.num_folds
