"""Resampling: one filter for every pair of rates, at a cost that no rate can raise."""

from __future__ import annotations

import math

import numpy as np
import pytest
import soxr
import torch
from torchaudio.transforms import Resample

from ser.features.resampling import _response, by_spectrum, resampled

ODD = [
    (44099, 16000),
    (44099, 22050),
    (22254, 16000),
    (24414, 16000),
    (7919, 16000),
    (8012, 16000),
    (7999, 22050),
]
STATED = 10 ** (-75 / 20)  # of full scale; what resampling is promised to add at most


def noise(count: int) -> torch.Tensor:
    return torch.randn(count, generator=torch.Generator().manual_seed(0))


def tones(rate: int, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return sum(np.sin(2 * np.pi * pitch * time) / 4 for pitch in (100, 440, 1234, 3000))


@pytest.mark.parametrize(("source", "target"), [(441, 160), (3, 1), (1, 2), (320, 441)])
def test_filter_by_spectrum_is_that_of_torchaudio(source: int, target: int) -> None:
    waveform = noise(5000)
    expected = Resample(source, target, lowpass_filter_width=64)(waveform)
    found = by_spectrum(waveform, source, target)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)  # of noise up to 4
    assert (found - expected).norm() < 1e-5 * expected.norm()


@pytest.mark.parametrize(("rate", "target"), ODD)
def test_tones_of_an_odd_rate_are_the_same_tones(rate: int, target: int) -> None:
    found = resampled(torch.from_numpy(tones(rate)).float(), rate, target).numpy()
    inner = slice(target // 8, -target // 8)
    np.testing.assert_allclose(found[inner], tones(target)[inner], atol=1e-5)


@pytest.mark.parametrize(("rate", "target"), ODD)
def test_odd_rate_gives_what_soxr_gives(rate: int, target: int) -> None:
    waveform = tones(rate).astype(np.float32)
    found = resampled(torch.from_numpy(waveform), rate, target).numpy()
    expected = soxr.resample(waveform, rate, target, quality="VHQ")
    assert len(found) == len(expected)
    inner = slice(target // 8, -target // 8)
    np.testing.assert_allclose(found[inner], expected[inner], atol=1e-4)


@pytest.mark.parametrize("rate", [8000, 11127, 22254, 24414, 44099, 48001, 44100, 96000, 191999])
@pytest.mark.parametrize("share", [0.01, 0.2, 0.87])
def test_tone_that_both_hold_differs_by_less_than_is_stated(rate: int, share: float) -> None:
    pitch, time = share * min(rate, 16000) / 2, np.arange(rate // 4) / rate
    found = resampled(torch.from_numpy(np.sin(2 * np.pi * pitch * time)).float(), rate, 16000)
    ideal = np.sin(2 * np.pi * pitch * np.arange(len(found)) / 16000)
    assert np.abs(found.numpy() - ideal)[400:-400].max() < STATED


@pytest.mark.parametrize(("rate", "target"), [(44100, 16000), (48000, 22050), (11025, 16000)])
def test_common_rates_are_the_very_numbers_of_torchaudio(rate: int, target: int) -> None:
    waveform = noise(3000)
    expected = Resample(rate, target, lowpass_filter_width=64, dtype=torch.float32)(waveform)
    torch.testing.assert_close(resampled(waveform, rate, target), expected, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 2, 399])
def test_short_waveform_of_an_odd_rate_has_its_length(count: int) -> None:
    assert len(resampled(noise(count), 44099, 16000)) == -(-count * 16000 // 44099)


@pytest.mark.parametrize(("rate", "target"), [*ODD, (767_999, 16000), (2003, 48000)])
def test_no_rate_needs_a_large_filter(rate: int, target: int) -> None:
    common = math.gcd(rate, target)
    response = _response(rate // common, target // common, 10, torch.device("cpu"))
    assert response.numel() < 2**19  # 2 MB


@pytest.mark.parametrize(("rate", "target"), ODD)
def test_parts_of_a_long_recording_join_as_if_it_were_resampled_whole(
    rate: int, target: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waveform = noise(12 * rate)
    parts = resampled(waveform, rate, target)
    monkeypatch.setattr("ser.features.resampling.PERIODS", 2 * rate)
    whole = resampled(waveform, rate, target)
    assert (parts - whole).abs().max() < 1e-5 * whole.abs().max()
