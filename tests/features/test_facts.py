"""The seven numbers by which an utterance is compared with a training side."""

from __future__ import annotations

import pytest
import torch

from ser.features.audio import to_mono
from ser.features.facts import FACTS, UtteranceFacts

RATE = 16_000


@pytest.fixture
def noise():
    """Two seconds of white noise at -20 dB."""
    return 0.1 * torch.randn(2 * RATE, generator=torch.Generator().manual_seed(0))


def facts_of(*waveforms):
    lengths = torch.tensor([len(waveform) for waveform in waveforms])
    batch = torch.nn.utils.rnn.pad_sequence(list(waveforms), batch_first=True)
    rows = UtteranceFacts()(batch, lengths).tolist()
    return [dict(zip(FACTS, row, strict=True)) for row in rows]


def test_white_noise_has_its_level_and_every_frequency(noise):
    (facts,) = facts_of(noise)
    assert facts["level"] == pytest.approx(-20, abs=0.2)
    assert facts["bandwidth"] == pytest.approx(RATE / 2, abs=50)
    assert facts["duration"] == 2
    assert facts["offset"] < 0.02
    assert (facts["lead"], facts["trail"]) == (0, 0)


def test_a_level_is_that_of_what_is_not_silence(noise):
    silence = torch.zeros(RATE)
    plain, padded = facts_of(noise, torch.cat([silence, noise, silence, silence]))
    assert padded["level"] == pytest.approx(plain["level"], abs=0.1)
    assert (padded["lead"], padded["trail"]) == (pytest.approx(1), pytest.approx(2))


@pytest.mark.parametrize("rate", [4000, 8000, 11_025])
def test_bandwidth_is_that_of_the_lowest_rate_it_went_through(noise, rate):
    (facts,) = facts_of(to_mono(to_mono(noise, RATE, rate), rate, RATE))
    assert facts["bandwidth"] == pytest.approx(rate / 2, abs=250)  # five bins of the window


def test_an_offset_is_a_share_of_the_deviation_and_changes_nothing_else(noise):
    plain, moved = facts_of(noise, noise + 0.05)
    assert moved["offset"] == pytest.approx(0.5, abs=0.02)
    assert {**moved, "offset": plain["offset"]} == pytest.approx(plain, abs=1e-3)


@pytest.mark.parametrize("decibels", [-40, -20])
def test_noise_is_that_of_the_quietest_moment_beside_the_voice(noise, decibels):
    time = torch.arange(2 * RATE) / RATE
    voice = 0.3 * torch.sin(2 * torch.pi * 220 * time) * ((time < 0.8) | (time > 1.2))
    hiss = 10 ** (decibels / 20) * voice.std() * noise / noise.std()
    silence = torch.zeros(RATE)
    beside, padded = facts_of(voice + hiss, torch.cat([silence, voice + hiss, silence]))
    assert beside["noise"] == pytest.approx(decibels + 3, abs=2)  # a difference is of two samples
    assert padded["noise"] == pytest.approx(beside["noise"], abs=1.5)


def test_an_utterance_alone_has_the_facts_it_has_in_a_batch(noise):
    short = noise[: RATE // 3]
    assert facts_of(noise, short)[1] == pytest.approx(facts_of(short)[0])


def test_silence_has_facts_that_are_finite():
    (facts,) = facts_of(torch.zeros(RATE))
    assert all(torch.isfinite(torch.tensor(list(facts.values()))))
