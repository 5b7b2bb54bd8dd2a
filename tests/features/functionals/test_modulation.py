"""Modulation spectra, compared with scipy, and frames that are loud enough to be described."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.signal import periodogram
from torch import Tensor

from ser.errors import ConfigError
from ser.features import Functionals, build_front_end
from ser.features.functionals import names
from ser.features.functionals.modulation import EDGES, modulation
from ser.features.functionals.tracks import Tracks, smoothed, steadied

Speech = Callable[[int], Tensor]
RATE, HOP = 16_000, 0.01
BOTH = Functionals(gate=30.0, modulations=True)


def test_levels_are_those_of_the_periodogram_of_scipy(speech: Speech) -> None:
    values = steadied(smoothed(Functionals().descriptors(speech(RATE))[0]))
    x = values.double().numpy()
    hertz, density = periodogram(x, 1 / HOP, "hann", nfft=1024, detrend="constant")
    bands = [(hertz >= low) & (hertz < high) for low, high in pairwise(EDGES)]
    power = np.stack([density[:, band].mean(1) for band in bands], 1) / (2 * HOP)  # of one side
    expected = 10 * np.log10(power.clip(1e-10))
    np.testing.assert_allclose(modulation(Tracks.of(values, HOP)).numpy(), expected, atol=0.05)


@pytest.mark.parametrize("hertz", [1.0, 6.0, 25.0])
def test_a_track_is_strongest_where_it_moves_and_louder_the_wider(hertz: float) -> None:
    wave = torch.sin(2 * torch.pi * hertz * torch.arange(300) * HOP)
    once, twice = modulation(Tracks.of(torch.stack([wave, 2 * wave - 40]), HOP))
    band = int(once.argmax())
    assert EDGES[band] <= hertz < EDGES[band + 1]
    assert twice[band] - once[band] == pytest.approx(20 * np.log10(2), abs=0.01)


@pytest.mark.parametrize("frames", [1, 2, 3, 2000])
def test_what_never_moves_has_no_modulation_however_long_it_is(frames: int) -> None:
    assert modulation(Tracks.of(torch.full((1, frames), -81.3), HOP)).unique().tolist() == [-100.0]
    assert modulation(Tracks.of(torch.randn(2, frames), HOP)).isfinite().all()


def test_modulations_follow_the_other_numbers_under_names_of_their_own(vowel: Speech) -> None:
    more, plain = Functionals(modulations=True), Functionals()
    vectors = [each(vowel(RATE)[None])[0] for each in (more, plain)]
    assert torch.equal(vectors[0][:5430], vectors[1])
    assert more.feature_names == names(modulations=True)
    assert more.num_features == len(vectors[0]) == len(set(more.feature_names)) == 6662
    assert more.feature_names[5430] == "logmel_00__modulation_0.50_0.67"


def test_quiet_frames_are_not_described_beyond_the_gate(vowel: Speech) -> None:
    waveform = Functionals().clip(vowel(RATE)[None])[0][0]
    tracks = smoothed(Functionals().descriptors(waveform)[0]).numpy()
    energy = Functionals().descriptors(waveform)[0][names().index("energy__mean") // 35].numpy()
    loud = energy >= energy.max() - 6
    found = dict(zip(names(), Functionals(gate=6)(vowel(RATE)[None])[0].tolist(), strict=True))
    assert 0.1 < loud.mean() < 0.9
    assert found["logmel_07__mean"] == pytest.approx(tracks[7, loud].mean(), rel=1e-4)
    assert found["mfcc_00__percentile_95"] == pytest.approx(
        np.percentile(tracks[40, loud], 95), rel=1e-4
    )


def test_a_pause_within_an_utterance_is_not_heard_through_a_gate(vowel: Speech) -> None:
    waveform = vowel(RATE)
    pause = 1e-4 * torch.randn(RATE, generator=torch.Generator().manual_seed(0))
    halves = waveform.chunk(2)
    paused = torch.cat([halves[0], pause, halves[1]])
    place = names().index("energy__mean")

    def moved(front_end: Functionals) -> float:
        first, second = (front_end(each[None])[0, place].item() for each in (waveform, paused))
        return abs(first - second)

    assert moved(Functionals(gate=30)) < 0.5
    assert moved(Functionals()) > 5


def test_both_have_the_same_bits_alone_and_among_others(vowel: Speech) -> None:
    waveform = vowel(RATE)
    lengths = torch.tensor([len(waveform), len(waveform) // 2])
    together = BOTH(torch.stack([waveform, waveform.flip(0) / 50]), lengths)
    assert torch.equal(BOTH(waveform[None])[0], together[0])


@pytest.mark.parametrize("samples", [1, 400, 720])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_silence_and_a_few_frames_give_finite_numbers(samples: int, level: float) -> None:
    noise = level * torch.randn(1, samples, generator=torch.Generator().manual_seed(0))
    assert BOTH(noise).isfinite().all()


def test_a_description_without_them_means_neither() -> None:
    spec = {"name": "Functionals", "settings": {"trim": 40.0}, "version": 2}
    front_end = build_front_end(spec)
    assert (front_end.gate, front_end.modulations) == (None, False)


@pytest.mark.parametrize("gate", [0, -30, float("nan")])
def test_a_gate_that_lets_nothing_through_is_refused(gate: float) -> None:
    with pytest.raises(ConfigError, match=f"gate={gate} must be positive"):
        Functionals(gate=gate)
