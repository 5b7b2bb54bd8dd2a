"""Levels: silence and clipping are seen in the samples as they are stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from ser.audit.levels import Level, levels, longest_run
from ser.corpora.corpus import Utterance
from ser.features.decoding import Form
from ser.runs.configuration import config_folder

CLIPPED = OmegaConf.load(Path(config_folder()) / "audit.yaml").clipped
RATE = 16000
TONE = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def level(path: Path, samples: np.ndarray, start: float = 0.0, end: float | None = None) -> Level:
    file = path / "a.wav"
    soundfile.write(file, samples, RATE, subtype="PCM_16")
    return levels([Utterance("a", file, "anger", "03", start=start, end=end)])[0]


@pytest.mark.parametrize("decibels", [-0.1, -20, -45])
def test_peak_is_in_decibels_of_full_scale(decibels: float, tmp_path: Path) -> None:
    found = level(tmp_path, 10 ** (decibels / 20) * TONE)
    assert found.peak == pytest.approx(decibels, abs=0.1)


def test_tone_at_full_scale_is_not_clipped(tmp_path: Path) -> None:
    assert level(tmp_path, 0.999 * TONE).flat < CLIPPED


@pytest.mark.parametrize("gain", [1.0, 0.3], ids=["at full scale", "turned down afterwards"])
def test_cut_off_peaks_are_clipped(gain: float, tmp_path: Path) -> None:
    assert level(tmp_path, gain * (1.5 * TONE).clip(-1, 1)).flat >= CLIPPED


def test_only_the_stretch_of_the_utterance_is_measured(tmp_path: Path) -> None:
    samples = np.concatenate([0.9 * TONE, 0.001 * TONE])
    assert level(tmp_path, samples, start=1.0, end=2.0).peak == pytest.approx(-60, abs=0.5)


def test_one_clipped_channel_of_two_is_enough(tmp_path: Path) -> None:
    both = np.stack([0.5 * TONE, (2 * TONE).clip(-1, 1)], 1)
    assert level(tmp_path, both).flat >= CLIPPED


def test_digital_silence_has_no_level(tmp_path: Path) -> None:
    found = level(tmp_path, np.zeros(100))
    assert (found.peak, found.flat) == (-np.inf, 0)
    assert "is digital silence" in found.fault
    assert found.form == Form(RATE, 1, "PCM_16")


def test_tone_has_its_power_its_length_and_the_form_of_its_file(tmp_path: Path) -> None:
    found = level(tmp_path, np.stack([0.5 * TONE, 0.5 * TONE], 1), start=0.25)
    assert found.power == pytest.approx(-9.03, abs=0.01)
    assert found.seconds == 0.75
    assert str(found.form) == "16000 Hz, 2 channels, PCM_16"
    assert not found.fault


def test_file_that_cannot_be_opened_has_no_form(tmp_path: Path) -> None:
    (found,) = levels([Utterance("a", tmp_path / "none.wav", "anger", "03")])
    assert found.form is None
    assert "does not exist" in found.fault


@given(st.lists(st.booleans(), max_size=30))
def test_longest_run_is_the_longest_word_of_ones(mask: list[bool]) -> None:
    words = "".join("1" if value else " " for value in mask).split()
    assert longest_run(np.array(mask, dtype=bool)) == max(map(len, words), default=0)
