"""Copies in other voices move what they say they move, and keep the rest."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import lfilter
from torch import Tensor

from ser.augment import COPIES, VIEWS, VOICES, Augmentation, make_copy, stored_as, warp_tract
from ser.errors import ConfigError

RATE = 16_000  # Hz
PITCH = 110.0  # Hz
FORMANTS = ((700, 80), (1220, 90), (2600, 120))  # Hz: centre and bandwidth of an "a"


@pytest.fixture(scope="module")
def vowel() -> Tensor:
    """A second of a sung vowel: pulses through three resonances."""
    samples = np.zeros(RATE)
    samples[(np.arange(0, 1, 1 / PITCH) * RATE).astype(int)] = 1
    for centre, width in FORMANTS:
        radius = np.exp(-np.pi * width / RATE)
        angle = 2 * np.pi * centre / RATE
        samples = lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], samples)
    return torch.from_numpy(0.1 * samples / samples.std()).float()


def pitch(sound: Tensor) -> float:
    """Fundamental frequency, in Hz, by the highest peak of the autocorrelation near it."""
    samples = sound.numpy()
    similar = np.correlate(samples, samples, "full")[len(samples) - 1 :]
    shortest, longest = int(RATE / (1.4 * PITCH)), int(RATE * 1.4 / PITCH)
    return float(RATE / (shortest + similar[shortest:longest].argmax()))


def third_formant(sound: Tensor) -> float:
    """Frequency of most power between 2 and 3.4 kHz, harmonics smoothed away, in Hz."""
    power = torch.fft.rfft(sound, n=RATE).abs().square()[None]  # one bin a Hz
    smooth = torch.nn.functional.avg_pool1d(power, 331, stride=1, padding=165)[0]
    return float(2000 + smooth[2000:3400].argmax())


@pytest.mark.parametrize(
    ("name", "formants", "fundamental", "length"),
    [
        ("longer_tract", 1 / 1.1, 1, 1),
        ("shorter_tract", 1.1, 1, 1),
        ("slower", 1, 1, 1.1),
        ("faster", 1, 1, 1 / 1.1),
        ("lower", 1, 2 ** (-2 / 12), 1),
        ("higher", 1, 2 ** (2 / 12), 1),
    ],
)
def test_a_voice_differs_in_one_thing(
    name: str, formants: float, fundamental: float, length: float, vowel: Tensor
) -> None:
    copy = make_copy(name, vowel, RATE, "03a01Fa")
    assert third_formant(copy) / third_formant(vowel) == pytest.approx(formants, rel=0.045)
    assert pitch(copy) / pitch(vowel) == pytest.approx(fundamental, rel=0.015)
    assert len(copy) / len(vowel) == pytest.approx(length, rel=1e-3)


def test_a_warp_keeps_the_energy_and_a_factor_of_one_everything(vowel: Tensor) -> None:
    energy, warped = (t.square().mean() for t in (vowel, warp_tract(vowel, 1.2, RATE)))
    torch.testing.assert_close(warped, energy)
    torch.testing.assert_close(warp_tract(vowel, 1.0, RATE), vowel, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("length", [80, 3000])
def test_silence_and_the_shortest_sounds_stay_finite(name: str, length: int) -> None:
    click = torch.zeros(2, length)
    click[1, length // 2] = 0.5
    assert VOICES[name](click, RATE).isfinite().all()


@pytest.mark.parametrize("factor", [0.4, 2.1, float("nan")])
def test_a_tract_of_no_human_length_is_refused(factor: float) -> None:
    with pytest.raises(ConfigError, match=r"must be from 0\.5 to 2"):
        warp_tract(torch.zeros(100), factor, RATE)


def test_every_copy_has_a_name_of_its_own_in_the_store() -> None:
    assert len({stored_as(name) for name in COPIES}) == len(COPIES) == len(VIEWS) - 1 + len(VOICES)


def test_an_unknown_copy_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'louder' is unknown.*; choose one of .*higher"):
        Augmentation(copies=["louder"])
