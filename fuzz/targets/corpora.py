"""Folders of corpora: files, folders, links and pipes of near names, and files of labels."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from fuzz.mutations import nearly
from fuzz.target import Target
from ser.corpora import IEMOCAP, EmoDB
from ser.corpora.contract import checked

FOLDERS = ("", "wav", "WAV", "emodb/wav", "__MACOSX/wav", "a/b/c/d", "wav/@eaDir", "öä")
NAMES = ("03a01Fa", "03a01Fa", "08b10Wc", "03A01FA", "._03a01Fa", "03a01Fa (1)", "03a01F\udcff")
SUFFIXES = (".wav", ".WAV", ".wave", ".flac", ".wav.part", "")
KINDS = ("file", "file", "file", "folder", "broken link", "loop", "pipe", "link")


@dataclass(frozen=True)
class Thing:
    """What lies somewhere below a root."""

    folder: str
    name: str
    kind: str

    def make(self, root: Path) -> None:
        """Put it there, if something may lie there."""
        path = root / self.folder / self.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._make(path, root)
        except (OSError, ValueError):  # what no file system can hold
            return

    def _make(self, path: Path, root: Path) -> None:
        if self.kind == "file":
            path.touch()
        elif self.kind == "folder":
            path.mkdir()
        elif self.kind == "pipe":
            os.mkfifo(path)
        else:
            targets = {"broken link": path / "nowhere", "loop": root, "link": path.parent / "a.wav"}
            path.symlink_to(targets[self.kind])


def _name(name: str, suffix: str) -> str:
    return f"{name}{suffix}"


WORDS = st.one_of(st.sampled_from(NAMES), st.text(max_size=9))
THINGS = st.builds(
    Thing,
    st.sampled_from(FOLDERS),
    st.builds(_name, WORDS, st.sampled_from(SUFFIXES)),
    st.sampled_from(KINDS),
)


def list_emodb(folder: Path, things: list[Thing]) -> None:
    """List what some things make of a folder."""
    root = folder / "emodb"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for thing in things:
        thing.make(root)
    corpus = EmoDB(root)
    checked(corpus.name, corpus.labels, corpus.utterances())


LABELS = (
    b"% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
    b"[0.0000 - 2.0000]\tSes01F_script02_1_F015\tneu\t[2.5000, 2.5000, 2.5000]\n"
    b"C-E3:\tOther;\t(blas\xe9)\n"
    b"[2.0000 - 4.5000]\tSes01F_script02_1_M016\tang\t[2.5000, 2.5000, 2.5000]\n"
)


def list_iemocap(folder: Path, labels: bytes) -> None:
    """List a release with one file of labels."""
    root = folder / "iemocap" / "Session1"
    audio = root / "sentences" / "wav" / "Ses01F_script02_1"
    place = root / "dialog" / "EmoEvaluation"
    audio.mkdir(parents=True, exist_ok=True)
    place.mkdir(parents=True, exist_ok=True)
    for turn in ("F015", "M016"):
        (audio / f"Ses01F_script02_1_{turn}.wav").touch()
    (place / "Ses01F_script02_1.txt").write_bytes(labels)
    corpus = IEMOCAP(root.parent)
    checked(corpus.name, corpus.labels, corpus.utterances())


TARGETS = (
    Target("folders of EmoDB", st.lists(THINGS, max_size=8), list_emodb),
    Target("label files of IEMOCAP", nearly([LABELS]), list_iemocap),
)
