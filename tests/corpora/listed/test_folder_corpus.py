"""Paths say what is in a file, as a pattern reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.corpora import Folders
from ser.errors import ConfigError, CorpusError

BY_SPEAKER = "{emotion}/{speaker}-{sentence}"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make empty files in a folder for each emotion, and what systems leave beside them."""
    for name in ("joy/anna-1.wav", "joy/bert-1.FLAC", "anger/anna-2.mp3", "joy/._anna-1.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "joy" / "notes.txt").touch()
    return tmp_path


def test_a_path_names_emotion_speaker_and_sentence(corpus: Path) -> None:
    read = [
        (u.id, u.emotion, u.speaker, u.sentence) for u in Folders(corpus, BY_SPEAKER).utterances()
    ]
    assert read == [
        ("anger/anna-2.mp3", "anger", "anna", "2"),
        ("joy/anna-1.wav", "joy", "anna", "1"),
        ("joy/bert-1.FLAC", "joy", "bert", "1"),
    ]


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("Actor_07/03-01-joy-01.wav", "Actor_{speaker}/*-*-{emotion}-*"),
        ("a/b/c/joy_07.wav", "**/{emotion}_{speaker}"),
        ("joy_07.wav", "**/{emotion}_{speaker}"),
        ("07/session (2)/joy+.wav", "{speaker}/session ({session})/{emotion}+"),
        ("wav/07a01joy2.wav", "wav/{speaker:2}{sentence:3}{emotion}?"),
        ("joy/07_1.wav", "./{emotion}/{speaker}_*.WAV"),
        ("joy/07_1.wav", r"{emotion}\{speaker}_1"),
    ],
)
def test_patterns_fit_layouts_of_all_kinds(path: str, pattern: str, tmp_path: Path) -> None:
    for name in (path, path.replace("joy", "anger")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert {(u.emotion, u.speaker) for u in Folders(tmp_path, pattern).utterances()} == {
        ("joy", "07"),
        ("anger", "07"),
    }


def test_it_is_called_like_its_folder(corpus: Path) -> None:
    assert Folders(corpus, BY_SPEAKER).name == corpus.name


def test_files_that_do_not_fit_are_named(corpus: Path) -> None:
    (corpus / "readme.wav").touch()
    with pytest.raises(CorpusError, match=r"1 of 4 files below .* do not fit .*such as readme.wav"):
        Folders(corpus, BY_SPEAKER).utterances()


def test_recordings_of_forms_that_are_not_read_are_noted(corpus: Path) -> None:
    assert Folders(corpus, BY_SPEAKER).notes == ()
    (corpus / "joy" / "carl-1.m4a").touch()
    (note,) = Folders(corpus, BY_SPEAKER).notes
    assert note.startswith("Recordings of these forms are not read: 1 .m4a; convert")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (None, r"does not say where in a path the emotion stands"),
        ("{emotion}/*", r"does not say where in a path the speaker stands"),
        ("{emotion}/{spk}", r"field of data.pattern='spk' is unknown"),
        ("{emotion}/{emotion}_{speaker}", r"names \{emotion\} twice"),
        ("{}/{emotion}_{speaker}", r"field of data.pattern='' is unknown"),
    ],
)
def test_a_pattern_that_says_too_little_is_refused(
    pattern: str | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        Folders(tmp_path, pattern)


def test_a_folder_without_audio_and_none_at_all_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no audio file below .*point data.root="):
        Folders(tmp_path, BY_SPEAKER).utterances()
    with pytest.raises(CorpusError, match=r"nowhere cannot be read \(No such file"):
        Folders(tmp_path / "nowhere", BY_SPEAKER).utterances()
    with pytest.raises(ConfigError, match=r"needs data.root="):
        Folders(None)


def test_linked_folders_are_read_once(
    corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "carl-1.wav").touch()
    (elsewhere / "circle").symlink_to(elsewhere)
    (corpus / "fear").symlink_to(elsewhere)
    (corpus / "fear again").symlink_to(elsewhere)
    (corpus / "joy" / "within").symlink_to(corpus / "anger")
    (corpus / "joy" / "above").symlink_to(corpus.parent)
    ids = [u.id for u in Folders(corpus, BY_SPEAKER).utterances()]
    assert ids == ["anger/anna-2.mp3", "fear/carl-1.wav", "joy/anna-1.wav", "joy/bert-1.FLAC"]
