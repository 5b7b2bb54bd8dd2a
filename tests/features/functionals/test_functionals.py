"""The front end as a whole: its names, and what must not change its numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.stats import skew
from torch import Tensor

from ser.errors import ConfigError
from ser.features import Functionals
from ser.features.functionals import names
from ser.features.functionals.tracks import deltas, smoothed

Speech = Callable[[int], Tensor]
RATE = 16_000


@pytest.fixture(scope="module")
def front_end() -> Functionals:
    return Functionals()


def unlike(first: Tensor, second: Tensor) -> float:
    """Give the share of numbers that differ by more than a hundredth, or a thousandth of them."""
    return 1 - torch.isclose(first, second, rtol=1e-3, atol=1e-2).float().mean().item()


def test_5430_numbers_have_names_of_their_own(front_end: Functionals) -> None:
    assert front_end.num_features == len(set(names())) == len(names()) == 5430
    assert names()[0] == "logmel_00__mean"
    assert "logmel_07_delta__percentile_95" in names()
    assert front_end.feature_names == names()


@pytest.mark.parametrize("name", ["logmel_07_delta", "mfcc_13", "loudness_delta"])
def test_a_number_is_what_its_name_says(front_end: Functionals, vowel: Speech, name: str) -> None:
    waveform = front_end.clip(vowel(RATE)[None])[0]
    values = dict(zip(names(), front_end(vowel(RATE)[None])[0].tolist(), strict=True))
    tracks = smoothed(front_end.descriptors(waveform[0])[0])
    descriptor = {"logmel_07_delta": 7, "mfcc_13": 53, "loudness_delta": 76}[name]
    track = (deltas(tracks) if "delta" in name else tracks)[descriptor].double().numpy()
    assert values[f"{name}__percentile_95"] == pytest.approx(np.percentile(track, 95), rel=1e-4)
    assert values[f"{name}__skewness"] == pytest.approx(skew(track), rel=1e-3, abs=1e-4)


def test_the_long_term_spectrum_sums_up_to_one(front_end: Functionals, vowel: Speech) -> None:
    values = dict(zip(names(), front_end(vowel(RATE)[None])[0].tolist(), strict=True))
    levels = np.array([v for name, v in values.items() if name.endswith("__long_term")])
    assert len(levels) == 40
    assert (10 ** (levels / 10)).sum() == pytest.approx(1, rel=1e-4)


def test_an_utterance_has_the_same_bits_alone_and_among_others(
    front_end: Functionals, speech: Speech
) -> None:
    waveform = speech(RATE)
    lengths = torch.tensor([len(waveform), len(waveform) // 2, len(waveform) * 2 // 3 + 1])
    batch = torch.stack([waveform, waveform.flip(0) / 50, waveform / 3])
    together = front_end(batch, lengths)
    for i, length in enumerate(lengths.tolist()):
        assert torch.equal(front_end(batch[i : i + 1, :length])[0], together[i])


def test_gain_changes_nothing_but_rounding(front_end: Functionals, speech: Speech) -> None:
    waveform = speech(RATE)[None]
    plain = front_end(waveform)
    assert torch.equal(front_end(waveform / 4), plain)
    assert unlike(front_end(waveform * 0.3), plain) < 0.005


def test_an_offset_of_the_samples_changes_nothing_but_rounding(
    front_end: Functionals, speech: Speech
) -> None:
    waveform = speech(RATE)[None]
    assert unlike(front_end(waveform + 0.01), front_end(waveform)) < 0.005


def test_silence_at_the_ends_is_not_heard(front_end: Functionals, speech: Speech) -> None:
    waveform, step = speech(RATE)[None], RATE // 200  # silence is cut off in steps of 5 ms
    waveform = waveform[:, : waveform.shape[1] // step * step]
    waveform = waveform - waveform.mean()  # a mean over silence is another one
    silence = torch.zeros(1, RATE)
    surrounded = torch.cat([silence, waveform, silence], 1)
    assert unlike(front_end(surrounded), front_end(waveform)) < 0.005
    assert unlike(Functionals(trim=None)(surrounded), Functionals(trim=None)(waveform)) > 0.5


def test_a_higher_sampling_rate_brings_no_new_bands(vowel: Speech) -> None:
    plain = Functionals(trim=None)(vowel(RATE)[None])
    raised = Functionals(2 * RATE, trim=None)(vowel(2 * RATE)[None])
    levels = [i for i, name in enumerate(names()) if name.startswith("logmel_1")]
    means = [i for i in levels if names()[i].endswith("__mean") and "delta" not in names()[i]]
    torch.testing.assert_close(raised[0, means], plain[0, means], atol=0.5, rtol=0)


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 48_000])
def test_bands_end_at_half_the_sampling_rate_or_at_8_khz(rate: int, vowel: Speech) -> None:
    front_end = Functionals(rate)
    assert front_end(vowel(rate)[None]).isfinite().all()
    assert front_end.descriptors.spectrograph.hertz.max() <= min(8000, rate / 2)
    assert (front_end.descriptors.filters.sum(0) > 0).all()


@pytest.mark.parametrize("samples", [1, 79, 400, 559, 560, 720])
def test_a_few_frames_give_finite_numbers(front_end: Functionals, samples: int) -> None:
    noise = torch.randn(1, samples, generator=torch.Generator().manual_seed(0))
    assert front_end(noise).isfinite().all()


@pytest.mark.parametrize("level", [0.0, 0.7])
def test_a_signal_that_never_moves_gives_finite_numbers_and_no_peaks(
    front_end: Functionals, level: float
) -> None:
    vector = front_end(torch.full((1, RATE), level))[0]
    assert vector.isfinite().all()
    assert not any(
        value for name, value in zip(names(), vector, strict=True) if name.endswith("__peak_rate")
    )


def test_too_low_a_rate_is_refused() -> None:
    with pytest.raises(ConfigError, match="sample_rate=6000 is too low for Functionals"):
        Functionals(6000)
