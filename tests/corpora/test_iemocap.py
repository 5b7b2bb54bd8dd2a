"""IEMOCAP: labels, speakers and styles are read off the release as it is distributed."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
import soundfile
from iemocap_layout import write_iemocap

from ser.corpora.corpus import Utterance
from ser.corpora.iemocap import IEMOCAP
from ser.errors import ConfigError, CorpusError


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_iemocap(tmp_path_factory.mktemp("iemocap"))


def turn(corpus: IEMOCAP, name: str) -> Utterance:
    return next(u for u in corpus.utterances() if u.id == name)


def labels_of(release: Path, name: str) -> Path:
    return release / f"Session{name[4]}" / "dialog" / "EmoEvaluation" / f"{name}.txt"


def test_classes_are_in_alphabetical_order(release: Path) -> None:
    assert IEMOCAP(release).labels == ("anger", "happiness", "neutral", "sadness")


def test_excited_turns_count_as_happy(release: Path) -> None:
    found = Counter(u.emotion for u in IEMOCAP(release).utterances())
    assert found == {"anger": 22, "happiness": 44, "neutral": 22, "sadness": 22}


def test_excited_turns_can_be_left_out(release: Path) -> None:
    found = Counter(u.emotion for u in IEMOCAP(release, merge_excitement=False).utterances())
    assert found == {"anger": 22, "happiness": 22, "neutral": 22, "sadness": 22}


def test_published_counts_add_up_to_5531_with_excitement_and_4490_without() -> None:
    totals = [sum(IEMOCAP(merge_excitement=m).counts.values()) for m in (True, False)]
    assert totals == [5531, 4490]


def test_one_style_claims_no_published_counts() -> None:
    assert IEMOCAP(style="improvised").counts == {}


def test_speaker_is_who_talks_and_not_who_the_dialogue_is_named_after(release: Path) -> None:
    spoken = turn(IEMOCAP(release), "Ses01F_script02_1_M018")
    assert (spoken.speaker, spoken.sex, spoken.session) == ("Ses01M", "m", "1")


def test_there_are_ten_speakers_two_a_session(release: Path) -> None:
    pairs = {(u.session, u.speaker) for u in IEMOCAP(release).utterances()}
    assert pairs == {(str(n), f"Ses0{n}{s}") for n in range(1, 6) for s in "FM"}


def test_scripted_turn_has_its_scene_for_a_sentence(release: Path) -> None:
    spoken = turn(IEMOCAP(release), "Ses01F_script02_1_M018")
    assert (spoken.style, spoken.sentence) == ("script", "script02_1")


def test_second_take_of_a_scene_is_the_same_sentence(release: Path) -> None:
    assert turn(IEMOCAP(release), "Ses05M_script01_1b_F015").sentence == "script01_1"


def test_improvised_turn_has_no_sentence(release: Path) -> None:
    spoken = turn(IEMOCAP(release), "Ses01M_impro03_F015")
    assert (spoken.style, spoken.sentence) == ("improvised", None)


def test_a_scene_is_shared_by_all_sessions(release: Path) -> None:
    sessions = {u.session for u in IEMOCAP(release).utterances() if u.sentence == "script02_1"}
    assert sessions == {"1", "2", "3", "4", "5"}


@pytest.mark.parametrize(("style", "kept"), [("improvised", "improvised"), ("scripted", "script")])
def test_style_keeps_only_turns_of_that_style(release: Path, style: str, kept: str) -> None:
    assert {u.style for u in IEMOCAP(release, style=style).utterances()} == {kept}


def test_the_two_styles_make_up_the_whole(release: Path) -> None:
    parts = [IEMOCAP(release, style=s).utterances() for s in ("improvised", "scripted")]
    ids = sorted(u.id for part in parts for u in part)
    assert ids == [u.id for u in IEMOCAP(release).utterances()]


def test_unknown_style_names_the_allowed_ones() -> None:
    with pytest.raises(ConfigError, match=r"style='acted' is unknown .*; choose one of all, impro"):
        IEMOCAP(style="acted")


def test_every_path_is_audio_at_the_rate_of_the_release(release: Path) -> None:
    rates = {soundfile.info(u.path).samplerate for u in IEMOCAP(release).utterances()}
    assert rates == {IEMOCAP.sample_rate}


def test_ids_are_sorted_and_hold_no_path(release: Path) -> None:
    ids = [u.id for u in IEMOCAP(release).utterances()]
    assert ids == sorted(ids)
    assert not any("/" in i for i in ids)


def test_root_may_be_the_parent_of_the_release(release: Path) -> None:
    assert IEMOCAP(release.parent).utterances() == IEMOCAP(release).utterances()


def test_root_is_taken_from_the_environment(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SER_IEMOCAP", str(release))
    assert IEMOCAP().utterances() == IEMOCAP(release).utterances()


@pytest.mark.parametrize(
    "help_", ["{root}", "Session[1-5]/dialog/EmoEvaluation", IEMOCAP.url, "data=synthetic"]
)
def test_absent_corpus_says_where_it_looked_and_how_to_get_it(tmp_path: Path, help_: str) -> None:
    with pytest.raises(CorpusError) as error:
        IEMOCAP(tmp_path).utterances()
    assert help_.format(root=tmp_path) in str(error.value)


def test_selection_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[1])
    labels_of(release, "Ses01F_script02_1").unlink()
    with pytest.raises(CorpusError, match="no turn of style='scripted'"):
        IEMOCAP(release, style="scripted").utterances()


def test_folder_with_nothing_but_macos_files_is_no_corpus(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[1])
    for path in release.rglob("EmoEvaluation/Ses*.txt"):
        path.unlink()
    with pytest.raises(CorpusError, match="no iemocap in"):
        IEMOCAP(release).utterances()


def test_labelled_turn_without_audio_is_named(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[2], missing="Ses02M_impro03_F016")
    with pytest.raises(CorpusError, match=r"1 labelled turn has .* Ses02M_impro03_F016"):
        IEMOCAP(release).utterances()


def test_only_ten_turns_without_audio_are_named(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[1])
    for path in release.rglob("Ses*.wav"):
        path.unlink()
    with pytest.raises(CorpusError, match=r"20 labelled turns .* …") as error:
        IEMOCAP(release).utterances()
    assert str(error.value).count("Ses01") == 10


def test_audio_of_a_style_that_is_not_selected_may_be_missing(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[2], missing="Ses02M_impro03_F016")
    assert len(IEMOCAP(release, style="scripted").utterances()) == 10


def test_audio_of_a_dropped_emotion_may_be_missing(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[2], missing="Ses02M_impro03_F017")  # xxx
    assert len(IEMOCAP(release).utterances()) == 20


@pytest.mark.parametrize(
    "line",
    [
        "[1.0 - 2.0]\tSes01M_impro03_F015\tjoy\t[2.5, 2.5, 2.5]",
        "[1.0 - 2.0]\tSes09M_impro03_F015\tang\t[2.5, 2.5, 2.5]",
        "[1.0 - 2.0]\tSes01M_impro03_F015",
    ],
    ids=["unknown emotion", "unknown session", "cut short"],
)
def test_label_that_the_release_does_not_know_is_refused(tmp_path: Path, line: str) -> None:
    release = write_iemocap(tmp_path, sessions=[1])
    with labels_of(release, "Ses01M_impro03").open("a") as file:
        file.write(f"\n{line}\n")
    with pytest.raises(CorpusError, match="not labels of iemocap") as error:
        IEMOCAP(release).utterances()
    assert repr(line) in str(error.value)


def test_turn_that_is_labelled_twice_is_refused(tmp_path: Path) -> None:
    labels = labels_of(write_iemocap(tmp_path, sessions=[1]), "Ses01M_impro03")
    labels.with_name("Ses01M_copy.txt").write_bytes(labels.read_bytes())
    with pytest.raises(CorpusError, match="turns are labelled twice"):
        IEMOCAP(tmp_path).utterances()


def test_label_files_with_windows_line_ends_are_read(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[1])
    for path in release.rglob("EmoEvaluation/Ses*.txt"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(IEMOCAP(release).utterances()) == 20


def test_verify_says_what_is_missing_of_each_emotion(release: Path) -> None:
    with pytest.raises(CorpusError, match="anger 22 instead of 1103; happiness 44 instead of 1636"):
        IEMOCAP(release).verify()


def test_verify_counts_the_whole_when_one_style_is_selected(release: Path) -> None:
    with pytest.raises(CorpusError, match="sadness 22 instead of 1084"):
        IEMOCAP(release, style="improvised").verify()


def test_verify_names_absent_speakers(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[1, 2, 4, 5])
    with pytest.raises(CorpusError, match="nothing by Ses03F, Ses03M"):
        IEMOCAP(release).verify()


def test_verify_accepts_the_published_counts(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IEMOCAP, "published", dict.fromkeys(IEMOCAP.published, 22))
    IEMOCAP(release).verify()


def test_generator_writes_as_many_turns_as_asked(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[3], turns=3)
    assert Counter(u.emotion for u in IEMOCAP(release).utterances())["anger"] == 12


@pytest.mark.skipif(
    "SER_IEMOCAP" not in os.environ,
    reason="IEMOCAP is licensed: set SER_IEMOCAP to a copy to compare it with the published counts",
)
@pytest.mark.parametrize("merge_excitement", [True, False])
def test_real_corpus_has_the_published_counts(merge_excitement: bool) -> None:
    IEMOCAP(merge_excitement=merge_excitement).verify()
