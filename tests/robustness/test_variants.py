"""Other recordings are what their names say."""

import numpy as np
import pytest
import torch

from ser.robustness.variants import (
    VARIANTS,
    add_noise,
    begin_with_silence,
    compress,
    follow_by_silence,
    quieten,
    resample,
    telephone,
)

MP3 = next(variant for variant in VARIANTS if variant.change is compress)
RATE = 16_000
TIME = torch.arange(RATE) / RATE
TONES = sum(0.1 * torch.sin(2 * torch.pi * hertz * TIME) for hertz in (100, 1000, 6000))


def power_at(recording, hertz):
    """Power of a tone in dB, of a second of sound."""
    samples, rate = recording
    spectrum = np.abs(np.fft.rfft(samples.numpy()[:rate])) / rate
    return 20 * np.log10(spectrum[round(hertz * len(samples[:rate]) / rate)] + 1e-12)


def test_resampling_keeps_what_is_heard():
    samples, rate = resample(TONES, RATE, "a")
    assert (rate, len(samples)) == (44_100, 44_100)
    for hertz in (100, 1000, 6000):
        assert power_at((samples, rate), hertz) == pytest.approx(-26, abs=0.2)


@pytest.mark.skipif(bool(MP3.missing), reason=MP3.missing)
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_mp3_keeps_time_and_tones_and_little_else(rate):
    time = torch.arange(rate) / rate
    tone = 0.2 * torch.sin(2 * torch.pi * 1000 * time)
    samples, coded = compress(tone, rate, "a")
    assert len(samples) / coded == pytest.approx(1, abs=0.05)
    assert power_at((samples, coded), 1000) == pytest.approx(-20, abs=0.5)
    assert len(samples) != rate or not torch.equal(samples, tone)


def test_a_telephone_has_300_to_3400_hertz():
    recording = telephone(TONES, RATE, "a")
    assert recording[1] == 8_000
    assert power_at(recording, 1000) == pytest.approx(-26, abs=0.5)
    assert power_at(recording, 100) < -50
    assert power_at(recording, 2000) < -80  # nothing was mirrored there


def test_level_and_silence():
    assert torch.allclose(quieten(TONES, RATE, "a")[0] * 10**0.6, TONES)
    behind, before = (make(TONES, RATE, "a")[0] for make in (follow_by_silence, begin_with_silence))
    assert torch.equal(behind[:RATE], TONES)
    assert torch.equal(before[RATE:], TONES)
    assert not behind[RATE:].any()
    assert not before[:RATE].any()


def test_noise_is_20_db_below_and_the_same_each_time():
    noisy = add_noise(TONES, RATE, "a")[0]
    ratio = TONES.square().sum() / (noisy - TONES).square().sum()
    assert 10 * float(ratio.log10()) == pytest.approx(20, abs=0.01)
    assert torch.equal(noisy, add_noise(TONES, RATE, "a")[0])
    assert not torch.equal(noisy, add_noise(TONES, RATE, "b")[0])


def test_no_two_recordings_have_one_name():
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)
