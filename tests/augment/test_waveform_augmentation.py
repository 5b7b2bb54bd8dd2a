import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from ser.augment import (
    Gain,
    Noise,
    PitchShift,
    Shift,
    TimeStretch,
    WaveformAugmentation,
    WaveformTransform,
)
from ser.errors import ConfigError

RATE = 16_000  # Hz
KINDS = [Noise, TimeStretch, PitchShift, Shift, Gain]
every_kind = pytest.mark.parametrize("kind", KINDS)
Kind = Callable[..., WaveformTransform]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sound(batch: int = 1, time: int = RATE) -> Tensor:
    """The same seeded noise in every row."""
    return (0.1 * torch.randn(1, time, generator=seeded(7))).repeat(batch, 1)


def decibels(ratio: Tensor) -> float:
    return 20 * math.log10(float(ratio))


@every_kind
def test_equal_seeds_give_equal_results(kind: Kind) -> None:
    assert torch.equal(kind()(sound(3), seeded()), kind()(sound(3), seeded()))


@every_kind
def test_other_seeds_give_other_results(kind: Kind) -> None:
    first, second = kind()(sound(), seeded(1)), kind()(sound(), seeded(2))
    assert first.shape != second.shape or not torch.equal(first, second)


@every_kind
def test_every_utterance_of_a_batch_draws_for_itself(kind: Kind) -> None:
    changed = kind()(sound(2), seeded())
    assert not torch.equal(changed[0], changed[1])


@every_kind
def test_the_global_generator_is_left_alone(kind: Kind) -> None:
    state = torch.get_rng_state()
    kind()(sound(2), seeded())
    assert torch.equal(torch.get_rng_state(), state)


@every_kind
def test_the_global_seed_has_no_say(kind: Kind) -> None:
    torch.manual_seed(1)
    first = kind()(sound(), seeded())
    torch.manual_seed(2)
    assert torch.equal(kind()(sound(), seeded()), first)


@every_kind
def test_probability_zero_changes_nothing(kind: Kind) -> None:
    assert torch.equal(kind(probability=0.0)(sound(3), seeded()), sound(3))


@every_kind
def test_evaluation_mode_changes_nothing(kind: Kind) -> None:
    assert torch.equal(kind().eval()(sound(), seeded()), sound())


@every_kind
def test_the_input_is_left_as_it_was(kind: Kind) -> None:
    waveform = sound()
    kind()(waveform, seeded())
    assert torch.equal(waveform, sound())


@every_kind
def test_results_keep_their_precision_and_are_finite(kind: Kind) -> None:
    changed = kind()(sound().double(), seeded())
    assert changed.dtype == torch.float64
    assert changed.isfinite().all()


def test_probability_is_the_share_of_utterances_that_change() -> None:
    batch = sound(400, 10)
    changed = (Gain(3, 6, probability=0.3)(batch, seeded()) != batch).any(1)
    assert changed.float().mean() == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize("snr", [-5.0, 10.0, 30.0])
def test_noise_has_the_ratio_that_was_asked_for(snr: float) -> None:
    noise = Noise(snr, snr)(sound(), seeded()) - sound()
    assert decibels(sound().norm() / noise.norm()) == pytest.approx(snr, abs=0.2)


def test_noise_ratios_fill_their_range() -> None:
    noise = Noise(10, 30)(sound(300, 1000), seeded()) - sound(300, 1000)
    ratios = [decibels(sound(1, 1000).norm() / row.norm()) for row in noise]
    assert 9.8 < min(ratios) < 11
    assert 29 < max(ratios) < 30.2


def test_noise_is_white() -> None:
    noise = Noise()(sound(time=2**16), seeded()) - sound(time=2**16)
    bands = torch.fft.rfft(noise[0]).abs().square()[1:].view(8, -1).mean(1)
    assert 10 * math.log10(bands.max() / bands.min()) < 0.5


def test_noise_leaves_silence_silent() -> None:
    assert not Noise()(torch.zeros(1, 100), seeded()).any()


def test_a_stretched_utterance_has_the_length_of_its_rate() -> None:
    assert TimeStretch(0.8, 0.8)(sound(), seeded()).shape == (1, 20_000)


def test_stretch_rates_stay_in_their_range_and_favour_neither_end() -> None:
    stretch = TimeStretch(0.5, 2.0)
    lengths = [stretch(sound(time=1000), seeded(i)).shape[1] for i in range(200)]
    assert 500 <= min(lengths) < max(lengths) <= 2000
    assert sum(n > 1000 for n in lengths) / 200 == pytest.approx(0.5, abs=0.1)


def test_shorter_utterances_of_a_stretched_batch_end_in_zeros() -> None:
    changed = TimeStretch(0.8, 0.8, probability=0.5)(sound(6), seeded())
    unchanged = [row for row in changed if torch.equal(row[:RATE], sound()[0])]
    assert 0 < len(unchanged) < 6
    assert not any(row[RATE:].any() for row in unchanged)


def test_a_pitch_shift_moves_a_tone_and_keeps_the_length() -> None:
    time = torch.arange(RATE) / RATE
    shifted = PitchShift(2, 2)(torch.sin(2 * torch.pi * 1000 * time)[None], seeded())
    peak = torch.fft.rfft(shifted[0]).abs().argmax()  # bins of 1 Hz
    assert shifted.shape == (1, RATE)
    assert float(peak) == pytest.approx(1122.5, abs=2)


def test_a_shift_keeps_every_sample_and_so_the_energy() -> None:
    shifted = Shift(RATE, 0.2)(sound(), seeded())
    assert torch.equal(shifted.sort().values, sound().sort().values)


def test_shifts_go_both_ways_up_to_their_limit() -> None:
    impulse = torch.zeros(1, 1000)
    impulse[0, 500] = 1
    places = [int(Shift(1000, 0.1)(impulse, seeded(i)).argmax()) - 500 for i in range(300)]
    assert -100 <= min(places) < -95
    assert 95 < max(places) <= 100


@pytest.mark.parametrize("gain", [-20.0, 0.0, 6.0])
def test_a_gain_is_in_decibels(gain: float) -> None:
    changed = Gain(gain, gain)(sound(), seeded())
    assert decibels(changed.norm() / sound().norm()) == pytest.approx(gain, abs=1e-4)


def test_a_sequence_applies_its_parts_in_order() -> None:
    parts = [PitchShift(), Gain(), Noise()]
    generator = seeded()
    expected = sound()
    for part in parts:
        expected = part(expected, generator)
    assert torch.equal(WaveformAugmentation(parts)(sound(), seeded()), expected)


def test_a_sequence_in_evaluation_mode_changes_nothing() -> None:
    augment = WaveformAugmentation([Gain(), Noise()]).eval()
    assert torch.equal(augment(sound(), seeded()), sound())


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        (
            Noise,
            {"min_snr": 20, "max_snr": 10},
            "min_snr=20, max_snr=10: the first must not exceed",
        ),
        (Noise, {"max_snr": math.nan}, "max_snr=nan"),
        (TimeStretch, {"min_rate": 0.0}, r"min_rate=0.0.* within 0.1 to 10"),
        (PitchShift, {"max_semitones": 13}, r"max_semitones=13.* within -12 to 12"),
        (Gain, {"min_gain": 7}, r"min_gain=7, max_gain=6.0.*correct them"),
        (Shift, {"max_seconds": -0.1}, "max_seconds=-0.1 must be 0 or more; 0 does not shift"),
        (Shift, {"sample_rate": 0}, "sample_rate=0 must be positive"),
        (Gain, {"probability": 1.5}, r"probability=1.5 must be from 0 to 1; 0 switches it off"),
    ],
)
def test_a_bad_setting_is_refused_by_name_rule_and_next_step(
    kind: Kind, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        kind(**settings)
