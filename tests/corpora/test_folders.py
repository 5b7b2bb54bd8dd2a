"""Corpora as people have them on disks, drives and servers: read, or refused by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from iemocap_layout import write_iemocap

from ser.corpora import IEMOCAP, EmoDB, Synthetic
from ser.corpora.contract import checked
from ser.corpora.folders import is_copy
from ser.errors import CorpusError

NAMES = ("03a01Fa", "08b10Wc", "09a02La")
LITTER = (
    "._03a01Fa.wav",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "~$03a01Fa.wav",
    "03a01Fa.wav.part",
    "03a01Fa.wav.crdownload",
    "03a01Fa.wav~",
    "__MACOSX/03a01Fa.wav",
    "@eaDir/03a01Fa.wav/SYNO@.wav",
    ".Trashes/03a01Fa.wav",
    "$RECYCLE.BIN/$R03a01Fa.wav",
    "System Volume Information/x.wav",
    "lost+found/03a01Fa.wav",
)
COPIES = (
    "03a01Fa (1)",
    "03a01Fa(2)",
    "03a01Fa - Copy",
    "03a01Fa - Copy (2)",
    "03a01Fa - Kopie",
    "Copy of 03a01Fa",
    "03a01Fa copy",
    "03a01Fa copy 2",
    "03a01Fa (Anna's conflicted copy 2024-01-01)",
    "03a01Fa.sync-conflict-20240101-120000-ABCDEFG",
)


def corpus(root: Path, names: tuple[str, ...] = NAMES, folder: str = "wav") -> EmoDB:
    """Write a small EmoDB of empty files."""
    for name in names:
        path = root / folder / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return EmoDB(root)


def ids(found: EmoDB | IEMOCAP) -> list[str]:
    return [u.id for u in checked(found.name, found.labels, found.utterances())]


def refusal(found: EmoDB | IEMOCAP) -> str:
    with pytest.raises(CorpusError) as error:
        found.utterances()
    return str(error.value)


@pytest.mark.parametrize("place", ["", "wav"])
@pytest.mark.parametrize("name", LITTER)
def test_what_systems_leave_is_not_of_a_corpus(name: str, place: str, tmp_path: Path) -> None:
    found = corpus(tmp_path)
    path = tmp_path / place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    assert ids(found) == list(NAMES)


@pytest.mark.parametrize("name", COPIES)
def test_copy_of_a_file_is_refused_as_one(name: str, tmp_path: Path) -> None:
    said = refusal(corpus(tmp_path, (*NAMES, name)))
    assert f"copies of other files, to be removed: {name}.wav" in said


@pytest.mark.parametrize("name", ["03a01Fa", "happy", "speaker 1", "take-2", "Ses01F_impro01"])
def test_plain_name_is_no_copy(name: str) -> None:
    assert is_copy(name) is None


@pytest.mark.parametrize("folder", ["", "wav", "WAV", "emodb", "emodb/wav", "a/b/wav", "wav/wav"])
def test_corpus_is_read_wherever_it_lies_below_its_root(folder: str, tmp_path: Path) -> None:
    assert ids(corpus(tmp_path, folder=folder)) == list(NAMES)


def test_two_folders_that_may_be_meant_are_named(tmp_path: Path) -> None:
    corpus(tmp_path, folder="16kHz")
    said = refusal(corpus(tmp_path, folder="44kHz"))
    assert "several folders" in said
    assert str(tmp_path / "16kHz") in said
    assert "data.root=FOLDER" in said


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda n: n.replace(".wav", ".WAVE")])
def test_case_of_letters_is_that_of_a_drive(change: Callable[[str], str], tmp_path: Path) -> None:
    found = corpus(tmp_path)
    for path in list((tmp_path / "wav").iterdir()):
        path.rename(path.with_name(change(path.name)))
    assert ids(found) == list(NAMES)


def test_names_that_differ_in_case_alone_are_of_one_utterance(tmp_path: Path) -> None:
    found = corpus(tmp_path)
    (tmp_path / "wav" / "03A01FA.WAV").touch()
    assert "of which one may stay: 03A01FA.WAV, 03a01Fa.wav" in refusal(found)


def break_link(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


UNREADABLE = {
    break_link: "broken links",
    link_to_itself: "broken links",
    Path.mkdir: "folders with the name of a file",
    os.mkfifo: "pipes or devices",
}


@pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)
def test_name_under_which_no_file_lies_is_refused(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    found = corpus(tmp_path)
    make(tmp_path / "wav" / "03a01Na.wav")
    assert f"{UNREADABLE[make]}: 03a01Na.wav" in refusal(found)


def test_all_faults_are_named_in_one_message(tmp_path: Path) -> None:
    found = corpus(tmp_path, (*NAMES, "03a01Fa (1)", "happy", "sad", "03a01Zz"))
    break_link(tmp_path / "wav" / "03a01Na.wav")
    (tmp_path / "wav" / "08B10WC.wav").touch()
    with pytest.raises(CorpusError) as error:
        found.verify()
    for part in ("happy.wav, sad.wav", "03a01Zz", "(1)", "03a01Na.wav", "08B10WC", " missing: "):
        assert part in str(error.value)


def test_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    found = corpus(tmp_path, folder="deep/wav")
    (tmp_path / "deep" / "loop").symlink_to(tmp_path)
    assert ids(found) == list(NAMES)


def test_folder_that_is_linked_is_a_folder(tmp_path: Path) -> None:
    corpus(tmp_path / "disk")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "wav").symlink_to(tmp_path / "disk" / "wav")
    assert ids(EmoDB(tmp_path / "mine")) == list(NAMES)


def test_root_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))  # which root never sees

    found = corpus(tmp_path)
    monkeypatch.setattr(os, "scandir", denied)
    assert f"{tmp_path} cannot be read (Permission denied)" in refusal(found)


def test_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).stem != "08b10Wc")
    assert "files that may not be read: 08b10Wc.wav" in refusal(corpus(tmp_path))


def test_name_of_odd_bytes_is_refused_by_name(tmp_path: Path) -> None:
    odd = os.fsdecode(b"03a01F\xff")
    assert r"03a01F\udcff.wav" in refusal(corpus(tmp_path, (*NAMES, odd)))


def test_empty_root_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "flac").mkdir()
    assert f"no emodb in {tmp_path}, which holds flac/" in refusal(EmoDB(tmp_path))
    assert "which does not exist" in refusal(EmoDB(tmp_path / "absent"))


ROOTS = ("~", "~/wav", "$DATA", "${DATA}/wav", ".", "wav", "wav/", "../HERE")


@pytest.mark.parametrize("root", ROOTS)
def test_root_is_written_as_for_other_programs(
    root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    root = root.replace("HERE", tmp_path.name)
    assert ids(EmoDB(root)) == list(NAMES)
    monkeypatch.setenv("SER_EMODB", root)
    assert ids(EmoDB()) == list(NAMES)
    assert Synthetic("~/made").root == tmp_path / "made"


def test_release_of_iemocap_may_lie_deeper(tmp_path: Path) -> None:
    write_iemocap(tmp_path / "corpora" / "IEMOCAP", sessions=[1])
    assert ids(IEMOCAP(tmp_path)) == ids(IEMOCAP(tmp_path / "corpora" / "IEMOCAP"))


def test_all_faults_of_a_release_are_named_in_one_message(tmp_path: Path) -> None:
    release = write_iemocap(tmp_path, sessions=[1])
    audio = IEMOCAP(tmp_path).utterances()[0].path
    first, second, *_ = sorted(release.glob("Session1/dialog/EmoEvaluation/Ses*.txt"))
    for path, line in ((first, "[1 - 2]\tone"), (second, "[1 - 2]\ttwo\n[1 - 2]\tthree")):
        path.write_bytes(path.read_bytes() + f"\n{line}\n".encode())
    audio.unlink()
    first.with_name(f"{first.stem} - Copy.txt").write_bytes(first.read_bytes())
    said = refusal(IEMOCAP(tmp_path))
    for part in ("one", "two", "three", "Copy.txt is a copy of another file", audio.stem):
        assert part in said
