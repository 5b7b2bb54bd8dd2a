"""Files of the same samples in other bytes are one sound, and dealt as one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from ser.corpora import Folders, Utterance
from ser.data import sounds
from ser.data.contents import hashes_of
from ser.data.corpus_folds import CorpusFolds
from ser.data.sounds import sounds_of
from ser.features import UtteranceStatistics
from ser.folds import regime

RATE = 16_000
TAKE = re.compile(r"\d_(?=\d)|\.\w+$")  # what is not the same in names of one sound


def noise(seed: int, seconds: float = 0.5) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE))
    return found


def utterances(folder: Path) -> list[Utterance]:
    return [Utterance(p.name, p, "joy", "s") for p in sorted(folder.iterdir())]


def sounds_in(folder: Path) -> dict[str, str]:
    listed = utterances(folder)
    return sounds_of(listed, hashes_of(listed))


def test_a_sound_is_the_same_in_every_lossless_form_of_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0), RATE, "PCM_16")
    samples, _ = soundfile.read(tmp_path / "a.wav")
    for ending, subtype in (("flac", "PCM_16"), ("aiff", "PCM_24"), ("caf", "FLOAT")):
        soundfile.write(tmp_path / f"a.{ending}", samples, RATE, subtype)
    assert len(set(sounds_in(tmp_path).values())) == 1


def test_other_samples_rates_and_channels_are_other_sounds(tmp_path: Path) -> None:
    late = noise(0)
    late[-1] += 0.01
    for name, samples, rate in (
        ("a.wav", noise(0), RATE),
        ("b.wav", noise(1), RATE),
        ("rate.wav", noise(0), RATE // 2),
        ("late.wav", late, RATE),
        ("stereo.wav", noise(0).reshape(-1, 2), RATE),
    ):
        soundfile.write(tmp_path / name, samples, rate)
    assert len(set(sounds_in(tmp_path).values())) == 5


def test_files_that_are_alone_keep_the_hash_of_their_bytes(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(0), RATE)
    soundfile.write(tmp_path / "a.flac", soundfile.read(tmp_path / "a.wav")[0], RATE)
    soundfile.write(tmp_path / "b.wav", noise(1), RATE)
    (tmp_path / "text.wav").write_text("no sound")
    listed = utterances(tmp_path)
    hashes, found = hashes_of(listed), sounds_in(tmp_path)
    assert {name for name in found if found[name] != hashes[name]} == {"a.wav", "a.flac"}


def test_only_files_that_may_be_equal_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(4):
        soundfile.write(tmp_path / f"{seed}.wav", noise(seed, 0.5 + seed / 10), RATE)
    monkeypatch.setattr(sounds.decoding, "decode", None)
    assert len(set(sounds_in(tmp_path).values())) == 4


def test_a_wav_and_its_flac_are_on_one_side_of_every_fold(tmp_path: Path) -> None:
    for emotion in ("joy", "anger"):
        (tmp_path / emotion).mkdir()
        for take in range(6):
            path = tmp_path / emotion / f"{take % 3}_{take}.wav"
            soundfile.write(path, noise(10 * take + len(emotion)), RATE)
            soundfile.write(path.with_suffix(".flac"), soundfile.read(path)[0], RATE)
    shutil.copy(tmp_path / "joy" / "0_0.wav", tmp_path / "joy" / "1_0.wav")
    corpus = Folders(tmp_path, "{emotion}/{speaker}_*")
    data = CorpusFolds(corpus, UtteranceStatistics(), regime("stratified", 3), verify=False)
    for fold in data.dealt:
        stems = [
            {TAKE.sub("", data.rows[i].id) for i in fold.side(side)}
            for side in ("train", "validation", "test")
        ]
        assert sum(map(len, stems)) == len(set.union(*stems))
    assert any("13 files are identical to another" in line for line in data.notes)
