from collections.abc import Callable

import librosa
import numpy as np
import pytest
import torch
from torch import Tensor

from ser.errors import ConfigError
from ser.features import UtteranceStatistics
from ser.features.tonnetz import Tonnetz

Speech = Callable[[int], Tensor]
Parts = dict[str, np.ndarray]

PUBLISHED = {
    "bandwidth": 1.0,
    "window": 2048 / 22_050,
    "hop": 512 / 22_050,
    "level_window": 2048 / 22_050,
    "trim": None,
    "level": None,
}


def librosa_parts(samples: np.ndarray, rate: int, level_window: int) -> Parts:
    level = {"y": samples, "frame_length": level_window, "hop_length": 512}
    return {
        "zcr": librosa.feature.zero_crossing_rate(**level),
        "chroma": librosa.feature.chroma_stft(S=np.abs(librosa.stft(samples)), sr=rate),
        "mfcc": librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13),
        "rms": librosa.feature.rms(**level),
        "mel": librosa.feature.melspectrogram(y=samples, sr=rate),
    }


def by_part(front_end: UtteranceStatistics, vector: Tensor) -> Parts:
    found: dict[str, list[float]] = {}
    for name, value in zip(front_end.feature_names, vector.tolist(), strict=True):
        found.setdefault(name.split("_")[0], []).append(value)
    return {part: np.array(values) for part, values in found.items()}


TOLERANCE = {"zcr": 1e-7, "chroma": 1e-5, "mfcc": 2e-3, "rms": 1e-6}


def assert_parts_close(found: Parts, expected: Parts) -> None:
    for part, values in expected.items():
        tolerance = TOLERANCE.get(part, 1e-5 * np.abs(values).max())  # mel has no fixed scale
        np.testing.assert_allclose(found[part], values, rtol=0, atol=tolerance, err_msg=part)


def test_the_155_emodb_means_agree_with_librosa(speech: Speech) -> None:
    front_end = UtteranceStatistics.emodb()
    waveform = speech(22_050)[None]
    parts = librosa_parts(front_end.clip(waveform)[0][0].numpy(), 22_050, 2048)
    expected = {part: values.mean(1) for part, values in parts.items()}
    assert_parts_close(by_part(front_end, front_end(waveform)[0]), expected)


def test_deviations_agree_with_librosa(speech: Speech) -> None:
    front_end = UtteranceStatistics(
        22_050, statistics=["std"], mel_decibels=False, n_mels=128, **PUBLISHED
    )
    waveform = speech(22_050)[None]
    parts = librosa_parts(front_end.clip(waveform)[0][0].numpy(), 22_050, 2048)
    expected = {part: values.std(1) for part, values in parts.items()}
    assert_parts_close(by_part(front_end, front_end(waveform)[0]), expected)


def test_the_161_iemocap_means_agree_with_librosa_but_for_tonnetz(speech: Speech) -> None:
    front_end = UtteranceStatistics.iemocap()
    waveform = speech(48_000)[None]
    parts = librosa_parts(front_end.clip(waveform)[0][0].numpy(), 48_000, 1024)
    expected = {part: values.mean(1) for part, values in parts.items()}
    assert_parts_close(by_part(front_end, front_end(waveform)[0]), expected)


def test_mel_decibels_are_means_of_db(vowel: Speech) -> None:
    front_end = UtteranceStatistics(
        22_050, parts=["mel"], statistics=["mean"], n_mels=128, **PUBLISHED
    )
    waveform = vowel(22_050)
    power = librosa.feature.melspectrogram(y=waveform.numpy(), sr=22_050)
    expected = librosa.power_to_db(power).mean(1)
    np.testing.assert_allclose(front_end(waveform[None])[0], expected, atol=1e-3)


# Octaves shorter than a filter are padded, which librosa warns of and does all the same.
@pytest.mark.filterwarnings("ignore:n_fft=.* is too large")
@pytest.mark.parametrize("rate", [16_000, 22_050, 48_000])
def test_tonnetz_agrees_with_librosa_within_three_thousandths(speech: Speech, rate: int) -> None:
    waveform = speech(rate)[:rate]
    expected = librosa.feature.tonnetz(y=librosa.effects.harmonic(waveform.numpy()), sr=rate)
    np.testing.assert_allclose(Tonnetz(rate)(waveform), expected, atol=3e-3)


def test_tonnetz_of_padded_speech_agrees_with_librosa_until_silence(vowel: Speech) -> None:
    waveform = torch.nn.functional.pad(vowel(22_050), (0, 66_150))
    expected = librosa.feature.tonnetz(y=librosa.effects.harmonic(waveform.numpy()), sr=22_050)
    found = Tonnetz(22_050)(waveform)
    heard = found.any(0)
    assert 0.5 < heard.float().mean() < 1  # the decay of the low filters, then nothing
    np.testing.assert_allclose(found[:, heard], expected[:, heard], atol=2e-2)


def test_the_emodb_vector_holds_155_numbers_in_the_published_order() -> None:
    sizes = {"zcr": 1, "chroma": 12, "mfcc": 13, "rms": 1, "mel": 128}
    names = UtteranceStatistics.emodb().feature_names
    assert names == [f"{p}_{i}_mean" for p, size in sizes.items() for i in range(size)]
    assert UtteranceStatistics.emodb().num_features == len(names) == 155


def test_the_iemocap_vector_holds_161_numbers_in_the_published_order() -> None:
    sizes = {"chroma": 12, "mfcc": 13, "mel": 128, "rms": 1, "tonnetz": 6, "zcr": 1}
    front_end = UtteranceStatistics.iemocap()
    assert front_end.feature_names == [
        f"{p}_{i}_mean" for p, size in sizes.items() for i in range(size)
    ]
    assert front_end.num_features == 161


def test_parts_and_statistics_come_in_the_order_given() -> None:
    front_end = UtteranceStatistics(parts=["rms", "zcr"], statistics=["std", "mean"])
    assert front_end.feature_names == ["rms_0_std", "zcr_0_std", "rms_0_mean", "zcr_0_mean"]


@pytest.mark.parametrize("parts", [["zcr", "pitch"], ["zcr", "zcr"], []])
def test_unknown_repeated_or_missing_parts_are_refused(parts: list[str]) -> None:
    with pytest.raises(ConfigError, match="different names among chroma, mfcc, mel"):
        UtteranceStatistics(parts=parts)


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(ConfigError, match="among mean, std"):
        UtteranceStatistics(statistics=["median"])


def test_more_coefficients_than_bands_are_refused() -> None:
    with pytest.raises(ConfigError, match="n_mfcc=20 must be from 1"):
        UtteranceStatistics(n_mfcc=20, n_mels=10)


def test_a_level_window_of_no_length_is_refused() -> None:
    with pytest.raises(ConfigError, match="level_window=0"):
        UtteranceStatistics(level_window=0.0)


def test_tonnetz_at_too_low_a_rate_is_refused() -> None:
    with pytest.raises(ConfigError, match="sample_rate=8000 is too low"):
        UtteranceStatistics(8000, parts=["tonnetz"])
