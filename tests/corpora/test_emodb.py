"""EmoDB: metadata is read off the file names, and what is missing is named."""

from __future__ import annotations

import shutil
import socket
from collections import Counter
from pathlib import Path

import pytest

from ser.corpora.corpus import Utterance, unique_ids
from ser.corpora.emodb import EmoDB
from ser.errors import CorpusError


def touch(root: Path, *names: str) -> EmoDB:
    """Make a corpus of empty files."""
    root.mkdir(exist_ok=True)
    for name in names:
        (root / f"{name}.wav").touch()
    return EmoDB(root)


@pytest.fixture
def names() -> list[str]:
    """Names of the published files."""
    return list(EmoDB("unused").checksums())


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Put the archive on a loopback port where nobody listens, and the cache somewhere empty."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/download.zip"
    monkeypatch.setattr(EmoDB, "url", url)
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SER_EMODB", raising=False)
    return url


def test_empty_root_is_an_error_that_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as error:
        EmoDB(tmp_path).utterances()
    for part in (str(tmp_path), "wav/*.wav", "data.root", "SER_EMODB", "data=synthetic"):
        assert part in str(error.value)


def test_missing_file_is_named(names: list[str], tmp_path: Path) -> None:
    corpus = touch(tmp_path, *(n for n in names if n != "03a01Fa"))
    with pytest.raises(CorpusError, match="1 missing: 03a01Fa"):
        corpus.verify()


def test_added_file_is_named(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="1 unknown: 03a01Fz"):
        touch(tmp_path, *names, "03a01Fz").verify()


def test_published_file_names_give_the_published_counts(names: list[str], tmp_path: Path) -> None:
    corpus = touch(tmp_path, *names)
    corpus.verify()
    assert Counter(u.emotion for u in corpus.utterances()) == dict(EmoDB.counts)


def test_published_counts_add_up_to_535() -> None:
    assert sum(EmoDB.counts.values()) == 535


def test_changed_content_is_named(names: list[str], tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"535 files .* differ .*03a01Fa"):
        touch(tmp_path, *names).verify_content()


@pytest.mark.parametrize("name", ["03a01Xa", "3a01Fa", "03c01Fa", "03a01F", "03a01Fa copy"])
def test_name_outside_the_scheme_is_an_error_that_shows_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as error:
        touch(tmp_path, "03a01Fa", name).utterances()
    assert f"{name}.wav" in str(error.value)


def test_flat_layout_is_read_as_the_wav_layout_is(emodb: EmoDB, tmp_path: Path) -> None:
    flat = shutil.copytree(emodb.root / "wav", tmp_path / "flat")
    found = [[u.id for u in corpus.utterances()] for corpus in (emodb, EmoDB(flat))]
    assert found[0] == found[1]


@pytest.mark.parametrize("folder", ["", "wav"])
def test_what_systems_leave_beside_the_files_is_ignored(folder: str, tmp_path: Path) -> None:
    root = tmp_path / folder
    touch(root, "03a01Fa", "._03a01Fa", ".hidden")
    (root / "Thumbs.db").touch()
    (root / ".DS_Store").touch()
    assert [u.id for u in EmoDB(tmp_path).utterances()] == ["03a01Fa"]


def test_name_carries_the_metadata(tmp_path: Path) -> None:
    corpus = touch(tmp_path, "08b10Wc")
    assert corpus.utterances() == [
        Utterance("08b10Wc", tmp_path / "08b10Wc.wav", "anger", "08", sentence="b10", sex="f")
    ]


def test_letters_stand_for_the_german_emotions(tmp_path: Path) -> None:
    corpus = touch(tmp_path, *(f"03a01{letter}a" for letter in "WLEAFTN"))
    assert {u.id[5]: u.emotion for u in corpus.utterances()} == {
        "W": "anger",
        "L": "boredom",
        "E": "disgust",
        "A": "fear",
        "F": "happiness",
        "T": "sadness",
        "N": "neutral",
    }


def test_five_of_the_ten_speakers_are_women(names: list[str], tmp_path: Path) -> None:
    sexes = {(u.speaker, u.sex) for u in touch(tmp_path, *names).utterances()}
    assert Counter(sex for _, sex in sexes) == {"f": 5, "m": 5}


def test_utterances_are_sorted_by_id(emodb: EmoDB) -> None:
    ids = [u.id for u in emodb.utterances()]
    assert ids == sorted(ids)


def test_two_utterances_of_one_id_are_an_error_that_names_it() -> None:
    twins = [Utterance("03a01Fa", Path(folder), "anger", "03") for folder in "ab"]
    with pytest.raises(CorpusError, match="03a01Fa"):
        unique_ids(twins)


def test_given_root_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SER_EMODB", str(tmp_path / "environment"))
    roots = [EmoDB(tmp_path / "argument").root.name, EmoDB().root.name]
    assert roots == ["argument", "environment"]


def test_without_network_the_error_says_how_to_get_the_corpus(unreachable: str) -> None:
    corpus = EmoDB()
    with pytest.raises(CorpusError) as error:
        corpus.prepare()
    for part in (str(corpus.root), unreachable, "data.root", "SER_EMODB", "data=synthetic"):
        assert part in str(error.value)


@pytest.mark.usefixtures("unreachable")
def test_given_root_is_never_downloaded_to(tmp_path: Path) -> None:
    EmoDB(tmp_path / "absent").prepare()
    assert not (tmp_path / "absent").exists()


def test_real_corpus_has_the_published_counts(real_emodb: EmoDB) -> None:
    real_emodb.verify()
    assert Counter(u.emotion for u in real_emodb.utterances()) == dict(EmoDB.counts)


def test_real_corpus_has_the_published_content(real_emodb: EmoDB) -> None:
    real_emodb.verify_content()
