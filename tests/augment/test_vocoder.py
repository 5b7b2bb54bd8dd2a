import math
import os
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from ser.augment import pitch_shift, time_stretch
from ser.augment.vocoder import window_lengths
from ser.errors import ConfigError

RATE = 16_000  # Hz


def voice(seconds: float = 2.0, f0: float = 200.0) -> Tensor:
    """Ten harmonics of equal level."""
    time = torch.arange(int(seconds * RATE), dtype=torch.float64) / RATE
    harmonics = torch.arange(1, 11, dtype=torch.float64)[:, None]
    return 0.05 * torch.sin(2 * torch.pi * f0 * harmonics * time).sum(0)


def glide() -> Tensor:
    """A gliding, swelling vowel with a little seeded noise."""
    time = torch.arange(int(1.7 * RATE), dtype=torch.float64) / RATE
    phase = 2 * torch.pi * (140 * time + 12 * torch.sin(2 * torch.pi * 1.5 * time))
    harmonics = torch.arange(1, 25, dtype=torch.float64)[:, None]
    sound = (torch.sin(harmonics * phase) / harmonics).sum(0) * torch.sin(torch.pi * time / 1.7)
    noise = torch.randn(len(time), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return 0.1 * sound + 1e-3 * noise


@pytest.fixture(params=["glide", "03a01Fa", "14a05Aa", "16b10Td"])
def speech(request: pytest.FixtureRequest) -> Tensor:
    """One utterance at 16 kHz in float64: synthetic, or a real one of EmoDB."""
    if request.param == "glide":
        return glide()
    root = os.environ.get("SER_EMODB")
    if not root:
        pytest.skip("SER_EMODB is not set: it names the folder of EmoDB, which holds wav/")
    path = Path(root) / "wav" / f"{request.param}.wav"
    if not path.is_file():
        pytest.skip(f"{path} is absent: SER_EMODB must name a complete EmoDB")
    return torch.from_numpy(soundfile.read(path)[0])


def fundamental(waveform: Tensor, near: float) -> float:
    """Measure the frequency of the peak near a guess, in Hz, within a hundredth of a cent."""
    middle = waveform[len(waveform) // 4 : -len(waveform) // 4].double()
    middle = middle * torch.hann_window(len(middle), periodic=False, dtype=torch.float64)
    size = 2**20
    level = torch.fft.rfft(middle, n=size).abs().log()
    low, high = round(near * 0.97 * size / RATE), round(near * 1.03 * size / RATE)
    peak = low + int(level[low:high].argmax())
    left, top, right = level[peak - 1 : peak + 2].tolist()
    return (peak + 0.5 * (left - right) / (left - 2 * top + right)) * RATE / size


def mel_levels(waveform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean power in 40 mel bands up to 6 kHz, where shifts of -4 semitones still reach, in dB."""
    power = librosa.feature.melspectrogram(y=waveform, sr=RATE, n_fft=512, n_mels=40, fmax=6000)
    return 10 * np.log10(power.mean(1))


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.0, 1.07, 1.25, 3.3])
def test_stretching_equals_librosa_in_float64(speech: Tensor, rate: float) -> None:
    expected = librosa.effects.time_stretch(speech.numpy(), rate=rate)
    torch.testing.assert_close(
        time_stretch(speech, rate), torch.from_numpy(expected), rtol=0, atol=1e-9
    )


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.25])
def test_stretching_in_float32_stays_near_librosa_in_float64(speech: Tensor, rate: float) -> None:
    expected = torch.from_numpy(librosa.effects.time_stretch(speech.numpy(), rate=rate))
    error = (time_stretch(speech.float(), rate).double() - expected).abs().max()
    assert error < 1e-4


def test_stretching_equals_librosa_with_another_window(speech: Tensor) -> None:
    expected = librosa.effects.time_stretch(speech.numpy(), rate=0.9, n_fft=512)
    stretched = time_stretch(speech, 0.9, window_length=512)
    torch.testing.assert_close(stretched, torch.from_numpy(expected), rtol=0, atol=1e-9)


@pytest.mark.parametrize("time", [1, 511, 2048, 16_001])
@pytest.mark.parametrize("rate", [0.3, 0.8, 1.0, 1.1, 7.0])
def test_stretching_gives_the_rounded_length(time: int, rate: float) -> None:
    stretched = time_stretch(torch.ones(time), rate)
    assert stretched.shape == (round(time / rate),)
    assert stretched.isfinite().all()


def test_a_tempo_of_one_changes_nothing() -> None:
    sound = glide()
    torch.testing.assert_close(time_stretch(sound, 1.0), sound, rtol=0, atol=1e-12)


def test_stretching_keeps_the_pitch() -> None:
    stretched = time_stretch(voice(), 0.8)
    assert 1200 * math.log2(fundamental(stretched, 200) / 200) == pytest.approx(0, abs=0.5)


def test_a_batch_is_stretched_as_its_utterances_are_alone() -> None:
    batch = torch.stack([glide(), glide().flip(0)])
    alone = torch.stack([time_stretch(row, 0.8) for row in batch])
    torch.testing.assert_close(time_stretch(batch, 0.8), alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("semitones", [-12, -5.3, -2, -0.6, 0.6, 0.7, 1.33, 4, 12])
def test_the_fundamental_moves_by_the_shift_within_5_cents(semitones: float) -> None:
    target = 200 * 2 ** (semitones / 12)
    shifted = pitch_shift(voice(), semitones)
    assert 1200 * math.log2(fundamental(shifted, target) / target) == pytest.approx(0, abs=5)


def test_any_shift_within_an_octave_is_exact_to_3_cents_and_a_fifth() -> None:
    shifts = [i / 50 for i in range(-600, 601)]
    ratios = [read / written for read, written in map(window_lengths, shifts)]
    cents = [1200 * math.log2(r) - 100 * s for r, s in zip(ratios, shifts, strict=True)]
    assert max(map(abs, cents)) < 3.2


@pytest.mark.parametrize("semitones", [-4, -0.7, 0.7, 4])
def test_a_shifted_voice_has_the_level_that_librosa_gives_it(semitones: float) -> None:
    expected = librosa.effects.pitch_shift(voice().numpy(), sr=RATE, n_steps=semitones)
    ratio = pitch_shift(voice(), semitones).numpy()[4000:-4000].std() / expected[4000:-4000].std()
    assert 20 * math.log10(ratio) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("semitones", [-4, -2, 0.6, 0.7, 2, 4])
def test_a_shifted_spectrum_is_that_of_librosa_within_a_decibel(
    speech: Tensor, semitones: float
) -> None:
    expected = librosa.effects.pitch_shift(speech.numpy(), sr=RATE, n_steps=semitones)
    error = mel_levels(pitch_shift(speech, semitones).numpy()) - mel_levels(expected)
    assert np.abs(error).mean() < 1.0


def test_what_a_shift_pushes_past_half_the_sampling_rate_does_not_fold_back() -> None:
    time = torch.arange(2 * RATE, dtype=torch.float64) / RATE
    high = torch.sin(2 * torch.pi * 7000 * time)
    assert pitch_shift(high, 4)[4000:-4000].std() < 1e-4 * high.std()  # 8819 Hz, would be 7181 Hz


@pytest.mark.parametrize("time", [0, 1, 2047, 16_001])
@pytest.mark.parametrize("semitones", [-12, 0.7, 12])
def test_a_shift_keeps_the_number_of_samples(time: int, semitones: float) -> None:
    assert pitch_shift(torch.ones(1, time), semitones).shape == (1, time)


def test_no_shift_changes_nothing() -> None:
    torch.testing.assert_close(pitch_shift(glide(), 0), glide(), rtol=0, atol=1e-12)


def test_silence_stays_silent() -> None:
    silence = torch.zeros(1, RATE)
    assert pitch_shift(time_stretch(silence, 0.8), 0.7).abs().max() < 1e-12


def test_the_input_is_left_as_it_was() -> None:
    sound = glide()
    pitch_shift(time_stretch(sound, 0.8), 0.7)
    assert torch.equal(sound, glide())


@pytest.mark.parametrize("rate", [0.0, -1.0, math.inf, math.nan])
def test_a_tempo_that_is_not_positive_is_refused(rate: float) -> None:
    with pytest.raises(ConfigError, match=f"rate={rate} must be positive"):
        time_stretch(torch.ones(100), rate)


@pytest.mark.parametrize("window_length", [0, -4, 1023])
def test_a_window_that_does_not_divide_by_four_is_refused(window_length: int) -> None:
    with pytest.raises(ConfigError, match=f"window_length={window_length} must be a multiple of 4"):
        time_stretch(torch.ones(100), 1.0, window_length=window_length)


@pytest.mark.parametrize("semitones", [-12.1, 13.0, math.nan])
def test_a_shift_beyond_an_octave_is_refused(semitones: float) -> None:
    with pytest.raises(ConfigError, match=rf"semitones={semitones} must be from -12 to 12"):
        pitch_shift(torch.ones(100), semitones)
