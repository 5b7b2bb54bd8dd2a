from collections.abc import Callable

import librosa
import numpy as np
import pytest
import torch
from torch import Tensor

from ser.errors import ConfigError
from ser.features import MFCC, LogMel
from ser.features.mel import MelBank
from ser.features.spectra import spectrum, spectrum_in_parts

Speech = Callable[[int], Tensor]

AS_IT_IS = {"bandwidth": 1.0, "trim": None, "level": None}


def test_log_mel_agrees_with_librosa_within_a_thousandth_of_a_db(speech: Speech) -> None:
    waveform = speech(16_000)
    power = librosa.feature.melspectrogram(
        y=waveform.numpy(), sr=16_000, n_fft=1024, hop_length=256, n_mels=128
    )
    np.testing.assert_allclose(
        LogMel(n_mels=128, **AS_IT_IS)(waveform[None])[0], librosa.power_to_db(power), atol=1e-3
    )


def test_mfcc_agrees_with_librosa_within_five_thousandths(speech: Speech) -> None:
    waveform = speech(22_050)
    padded = np.pad(waveform.numpy(), (0, 264_600 - len(waveform)))
    expected = librosa.feature.mfcc(y=padded, sr=22_050, n_mfcc=40)
    np.testing.assert_allclose(MFCC()(waveform[None])[0], expected, atol=5e-3)


def test_mfcc_defaults_give_the_published_40_by_517_matrix() -> None:
    assert MFCC()(torch.zeros(1, 30_000)).shape == (1, 40, 517)


def test_mfcc_padding_holds_the_peak_level_less_80_db(vowel: Speech) -> None:
    frame = MFCC()(vowel(22_050)[None])[0, :, -1]
    peak = LogMel(22_050, window=2048 / 22_050, hop=512 / 22_050, n_mels=128, **AS_IT_IS)(
        vowel(22_050)[None]
    ).max()
    expected = torch.cat([(peak[None] - 80) * 128**0.5, torch.zeros(39)])
    torch.testing.assert_close(frame, expected, atol=2e-3, rtol=0)


def test_one_kilohertz_is_loudest_in_the_mel_band_around_it() -> None:
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(16_000) / 16_000)
    edges = librosa.mel_frequencies(130, fmin=0, fmax=8000)
    band = int(LogMel(n_mels=128, **AS_IT_IS)(tone[None])[0].mean(1).argmax())
    assert edges[band] < 1000 < edges[band + 2]


@pytest.mark.parametrize(
    ("rate", "window", "bands"), [(16_000, 1024, 128), (22_050, 2048, 64), (48_000, 2048, 40)]
)
def test_filters_in_blocks_give_what_their_whole_matrix_gives(
    rate: int, window: int, bands: int
) -> None:
    bank = MelBank(rate, window, bands)
    power = torch.rand(2, window // 2 + 1, 130, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(bank(power), bank.filters @ power, rtol=1e-6, atol=0)


@pytest.mark.parametrize(("window", "hop"), [(0.064, 0.016), (0.025, 0.01), (0.0251, 0.0101)])
def test_a_long_utterance_in_parts_has_the_frames_of_the_whole(window: float, hop: float) -> None:
    waveform = torch.randn(1, 50 * 16_000, generator=torch.Generator().manual_seed(0))
    front_end = LogMel(n_mels=24, window=window, hop=hop)
    whole = spectrum(waveform, front_end.taper, front_end.hop_length)
    parts = [*spectrum_in_parts(waveform, front_end.taper, front_end.hop_length)]
    assert len(parts) == 3
    torch.testing.assert_close(torch.cat(parts, 2), whole, rtol=1e-5, atol=1e-4)


def test_a_hop_of_minutes_gives_the_few_frames_that_a_long_utterance_has() -> None:
    waveform = torch.randn(1, 16_000 * 60, generator=torch.Generator().manual_seed(0))
    for hop in (30.0, 512.0):
        front_end = LogMel(window=0.064, hop=hop)
        whole = spectrum(waveform, front_end.taper, front_end.hop_length)
        parts = [*spectrum_in_parts(waveform, front_end.taper, front_end.hop_length)]
        torch.testing.assert_close(torch.cat(parts, 2), whole, rtol=1e-5, atol=1e-4)


def test_top_db_bounds_the_range_of_each_utterance_apart(vowel: Speech) -> None:
    loud = vowel(16_000)
    features = LogMel(top_db=40.0)(torch.stack([loud, loud / 1000]))
    ranges = features.amax((1, 2)) - features.amin((1, 2))
    torch.testing.assert_close(ranges, torch.tensor([40.0, 40.0]))


@pytest.mark.parametrize("settings", [{"n_mels": 0}, {"top_db": -1.0}, {"hop": 0.0}])
def test_log_mel_refuses_values_that_are_not_positive(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must be positive"):
        LogMel(**settings)


def test_mfcc_refuses_more_coefficients_than_bands() -> None:
    with pytest.raises(ConfigError, match=r"n_mfcc=41 must be from 1 to n_mels=40"):
        MFCC(n_mfcc=41, n_mels=40)
