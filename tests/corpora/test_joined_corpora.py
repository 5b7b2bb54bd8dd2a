"""Corpora side by side: nothing of two of them is taken for one, and classes are agreed on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser.corpora import Joined, Table
from ser.errors import ConfigError, CorpusError

EMOTIONS = {"north": ("anger", "joy", "fear"), "south": ("anger", "happiness", "boredom")}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write two corpora of the same speakers, files and sentences, each file of its own."""
    found = {}
    for seed, (name, emotions) in enumerate(EMOTIONS.items()):
        root = tmp_path_factory.mktemp(name)
        rows = ["path,emotion,speaker,sentence"]
        for number, (speaker, emotion) in enumerate((s, e) for s in "ab" for e in emotions):
            noise = np.random.default_rng([seed, number]).normal(0, 0.1, 1600)
            soundfile.write(root / f"{number}.wav", noise, 16000)
            rows.append(f"{number}.wav,{emotion},{speaker},s1")
        (root / f"{name}.csv").write_text("\n".join(rows))
        found[name] = root / f"{name}.csv"
    return found


@pytest.fixture
def parts(places: dict[str, Path]) -> dict[str, Table]:
    return {name: Table(path) for name, path in places.items()}


SAME_JOY = {"south": {"happiness": "joy"}}


def test_names_of_two_corpora_are_never_taken_for_one(parts: dict[str, Table]) -> None:
    listed = Joined(parts, emotions=SAME_JOY).utterances()
    assert [u.id for u in listed] == sorted(u.id for u in listed)
    assert {u.speaker for u in listed} == {"north/a", "north/b", "south/a", "south/b"}
    assert {u.sentence for u in listed} == {"north/s1", "south/s1"}
    assert {u.corpus for u in listed} == {"north", "south"}
    assert all(u.id.startswith(f"{u.corpus}/") for u in listed)


def test_classes_are_those_that_all_corpora_have_and_the_others_are_named(
    parts: dict[str, Table],
) -> None:
    joined = Joined(parts, emotions=SAME_JOY)
    assert joined.labels == ("anger", "joy")
    assert {u.emotion for u in joined.utterances()} == {"anger", "joy"}
    assert joined.notes == (
        "Classes are those that all corpora have: anger, joy.",
        "Left out: of north fear (2); of south boredom (2).",
    )


def test_a_union_keeps_every_emotion_and_says_who_lacks_which(parts: dict[str, Table]) -> None:
    joined = Joined(parts, "union", SAME_JOY)
    assert joined.labels == ("anger", "fear", "joy", "boredom")
    assert len(joined.utterances()) == 12
    assert joined.notes[1:] == (
        "Left out: nothing.",
        "north has no boredom; south has no fear.",
    )


def test_emotions_that_may_be_one_are_proposed(parts: dict[str, Table]) -> None:
    wanted = {"south": {"happiness": "joyful", "boredom": "fear"}}
    words = "'data.south.emotions={joyful: joy}'"
    said = f"Emotions that may be one have two names; to take them for one: {words}."
    assert Joined(parts, emotions=wanted).notes[-1] == said


def test_classes_that_are_asked_for_come_in_that_order(parts: dict[str, Table]) -> None:
    assert Joined(parts, ["joy", "anger"], SAME_JOY).labels == ("joy", "anger")
    assert Joined({"north": parts["north"]}, ["joy", "fear"]).labels == ("joy", "fear")


def test_an_emotion_that_is_left_out_on_one_side_is_left_out_on_both(
    parts: dict[str, Table],
) -> None:
    wanted = {"south": {"happiness": "joy", "boredom": "fear", "anger": None}}
    assert Joined(parts, emotions=wanted).labels == ("fear", "joy")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, r"fewer than two .*: north has anger, fear, joy; south has anger, boredom, happiness"),
        ({}, r"give them one: 'data.south.emotions=\{happiness: joy\}'$"),
        ({"classes": "comon"}, "data.classes=comon must be common, union, or a list"),
        ({"classes": ["anger", "joy"]}, "names joy, which south does not have"),
        ({"emotions": {"noth": {}}}, r"data.emotions names 'noth', .*did you mean 'north'"),
        ({"emotions": {"south": {"hapiness": "joy"}}}, r"south: .*did you mean 'happiness'"),
        ({"test": "east"}, "data.test names 'east', which is not joined"),
    ],
)
def test_what_corpora_cannot_agree_on_is_refused(
    parts: dict[str, Table], settings: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        _ = Joined(parts, **settings).labels  # type: ignore[arg-type]


def test_no_corpora_are_refused_with_the_words_to_write() -> None:
    with pytest.raises(ConfigError, match=r"data=\[emodb,synthetic\]"):
        Joined({})


def test_each_corpus_is_verified_and_a_fault_names_it(
    parts: dict[str, Table], tmp_path: Path
) -> None:
    (tmp_path / "east.csv").write_text("path,emotion,speaker\nx.wav,anger,a\ny.wav,joy,a\n")
    broken = {**parts, "east": Table(tmp_path / "east.csv")}
    with pytest.raises(CorpusError, match=r"east: .*\n  file does not exist"):
        Joined(broken, emotions=SAME_JOY).verify()
    Joined(broken, emotions=SAME_JOY, unverified=["east"]).verify()


class Noted(Table):
    notes = ("One file of north holds no sound, and is left out.",)


def test_what_a_corpus_notes_is_noted_of_all(places: dict[str, Path]) -> None:
    joined = Joined({"north": Noted(places["north"]), "south": Table(places["south"])}, "union")
    assert joined.notes[-1] == Noted.notes[0]


class Published(Table):
    """A table whose files have published checksums."""

    def checksums(self) -> dict[str, str]:
        return {u.id: "published" for u in self.utterances()}


def test_altered_files_are_those_of_their_own_corpus(places: dict[str, Path]) -> None:
    parts = {"north": Published(places["north"]), "south": Table(places["south"])}
    hashes = {"north/0.wav": "published", "north/1.wav": "other", "south/1.wav": "other"}
    assert Joined(parts, emotions=SAME_JOY).altered(hashes) == ["north/1.wav"]
    trusted = Joined(parts, emotions=SAME_JOY, unverified=["north"])
    assert trusted.altered(hashes) == []
