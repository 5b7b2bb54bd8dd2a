"""Low-level descriptors, compared with librosa, scipy and formulas in float64."""

from __future__ import annotations

from collections.abc import Callable

import librosa
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.fft import dct
from torch import Tensor

from ser.features.functionals.descriptors import LOG_MEL, MFCC, NAMES, Descriptors

Speech = Callable[[int], Tensor]
Found = dict[str, NDArray[np.float64]]
RATE, WINDOW, HOP, SIZE = 16_000, 400, 160, 512


def described(waveform: Tensor) -> Found:
    values, _ = Descriptors(RATE, WINDOW, HOP)(waveform)
    return dict(zip(NAMES, values.double().numpy(), strict=True))


def windows(waveform: Tensor) -> NDArray[np.float64]:
    samples = waveform.double().numpy()
    samples = samples - samples.mean()
    samples = samples / np.abs(samples).max()
    return np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]


def power_of(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    taper = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    power = np.abs(np.fft.rfft(frames * taper / taper.sum(), SIZE)) ** 2
    return np.maximum(power, power.max() / 1e8)


def in_db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return 10 * np.log10(power)


@pytest.fixture
def frames(speech: Speech) -> NDArray[np.float64]:
    return windows(speech(RATE))


@pytest.fixture
def found(speech: Speech) -> Found:
    return described(speech(RATE))


def test_log_mel_and_cepstra_are_those_of_librosa_and_scipy(
    found: Found, frames: NDArray[np.float64]
) -> None:
    filters = librosa.filters.mel(
        sr=RATE, n_fft=SIZE, n_mels=40, fmin=50, fmax=8000, norm="slaney", dtype=np.float64
    )
    log_mel = in_db(power_of(frames) @ filters.T)
    np.testing.assert_allclose([found[name] for name in LOG_MEL], log_mel.T, atol=5e-3)
    cepstra = dct(log_mel, norm="ortho")[:, :14]
    np.testing.assert_allclose([found[name] for name in MFCC], cepstra.T, atol=2e-2)


def test_energy_and_zero_crossings_are_those_of_the_samples(
    found: Found, frames: NDArray[np.float64]
) -> None:
    energy = (frames**2).mean(1)
    floored = np.maximum(energy, energy.max() / 1e8)
    np.testing.assert_allclose(found["energy"], in_db(floored), atol=1e-3)
    crossings = (np.diff(frames < 0, axis=1)).mean(1)
    np.testing.assert_allclose(found["zcr"], crossings, atol=5e-3)  # the mean rounds away a sign


def test_spectral_shape_is_that_of_formulas(found: Found, frames: NDArray[np.float64]) -> None:
    power, hertz = power_of(frames), np.arange(SIZE // 2 + 1) * RATE / SIZE
    share = power / power.sum(1, keepdims=True)
    centroid = share @ hertz
    distance = hertz - centroid[:, None]
    spread = np.sqrt((share * distance**2).sum(1))
    moved = np.diff(share, axis=0), np.diff(np.sqrt(power), axis=0)

    def level(low: float, high: float) -> NDArray[np.float64]:
        return in_db(power[:, (hertz >= low) & (hertz <= high)].sum(1))

    def slope(low: float, high: float) -> NDArray[np.float64]:
        inside = (hertz >= low) & (hertz <= high)
        return np.polyfit(hertz[inside] / 1000, in_db(power[:, inside]).T, 1)[0]

    expected = {
        "centroid": centroid,
        "spread": spread,
        "skewness": (share * distance**3).sum(1) / spread**3,
        "log_kurtosis": np.log((share * distance**4).sum(1) / spread**4),
        "entropy": -(share * np.log(share)).sum(1) / np.log(len(hertz)),
        "log_flatness": in_db(power).mean(1) - in_db(power.mean(1)),
        "flux_normalised": np.sqrt((moved[0] ** 2).sum(1))[[0, *range(len(power) - 1)]],
        "flux": np.sqrt((moved[1] ** 2).sum(1))[[0, *range(len(power) - 1)]],
        "slope_0_500": slope(0, 500),
        "slope_500_1500": slope(500, 1500),
        "slope_0_5000": slope(0, 5000),
        "band_250_650": level(250, 650),
        "band_1000_4000": level(1000, 4000),
        "alpha_ratio": level(50, 1000) - level(1000, 5000),
        "hammarberg_index": in_db(power[:, hertz <= 2000].max(1))
        - in_db(power[:, (hertz >= 2000) & (hertz <= 5000)].max(1)),
    }
    for name, values in expected.items():
        tolerance = 1e-3 * np.abs(values).max()
        np.testing.assert_allclose(found[name], values, rtol=0, atol=tolerance, err_msg=name)
    for part in (25, 50, 75, 90):
        below = (share.cumsum(1) < part / 100 - 1e-6).sum(1)
        assert (np.abs(found[f"rolloff_{part}"] - hertz[below]) <= RATE / SIZE).all()


def test_loudness_and_sharpness_are_sums_over_mel_bands(found: Found) -> None:
    specific = 10 ** (0.023 * np.array([found[name] for name in LOG_MEL]))
    np.testing.assert_allclose(found["loudness"], specific.sum(0), rtol=1e-3)
    lowest, highest = 0.11 * 6 * np.arcsinh(np.array([50, 8000]) / 600)  # acum of a single band
    assert (found["sharpness"] > lowest).all()
    assert (found["sharpness"] < 2 * highest).all()  # the highest bands count nearly double


def test_a_tone_lies_in_its_band_and_a_higher_one_is_sharper() -> None:
    time = torch.arange(RATE) / RATE
    low, high = (described(torch.sin(2 * torch.pi * hertz * time)) for hertz in (440, 3000))
    assert abs(low["centroid"].mean() - 440) < 5
    assert abs(high["rolloff_50"].mean() - 3000) <= RATE / SIZE
    assert low["sharpness"].mean() < high["sharpness"].mean()
    assert abs(low["zcr"].mean() - 2 * 440 / RATE) < 1e-3


def test_noise_is_louder_than_a_tone_of_the_same_peak_and_flatter() -> None:
    tone = described(torch.sin(torch.arange(RATE) * 0.2))
    noise = described(torch.rand(RATE, generator=torch.Generator().manual_seed(0)) - 0.5)
    for name in ("loudness", "log_flatness", "entropy"):
        assert noise[name].mean() > tone[name].mean()
