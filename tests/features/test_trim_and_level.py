"""Level, offset and silence at the ends: what another recording of an utterance changes."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from ser.errors import ConfigError
from ser.features import LogMel, UtteranceStatistics

Speech = Callable[[int], Tensor]
RATE = 16_000
NORMALISED = [
    LogMel(RATE, trim=30.0, level=-20.0),
    UtteranceStatistics(RATE, trim=30.0, level=-20.0),
]


@pytest.fixture
def utterance() -> Tensor:
    """Half a second of noise that swells and fades, with a pause within."""
    time = torch.arange(RATE // 2) / RATE
    noise = torch.randn(len(time), generator=torch.Generator().manual_seed(3))
    noise[3000:4000] *= 1e-3
    return 0.1 * noise * (0.3 + torch.sin(2 * torch.pi * time))


@pytest.mark.parametrize("front_end", NORMALISED, ids=lambda f: type(f).__name__)
@pytest.mark.parametrize(
    "changed",
    [
        lambda x: x / 30,
        lambda x: x + 0.3,
        lambda x: pad(x, (8000, 0)),
        lambda x: pad(x, (0, 8000)),
        lambda x: pad(x / 4, (400, 800)) - 0.2,
    ],
    ids=["quieter", "offset", "silence before", "silence behind", "all of it"],
)
def test_another_recording_of_an_utterance_gives_its_features(
    front_end: LogMel, changed: Callable[[Tensor], Tensor], utterance: Tensor
) -> None:
    expected = front_end(utterance[None])
    found = front_end(changed(utterance)[None])
    torch.testing.assert_close(found, expected, atol=0.05, rtol=0.01)


def test_levels_are_those_of_loud_frames_whatever_the_pauses(utterance: Tensor) -> None:
    front_end = LogMel(RATE, trim=None, level=-20.0)
    longer = torch.cat([utterance, torch.zeros(RATE), utterance])
    loud = 0.5 * torch.sin(2 * torch.pi * 100 * torch.arange(RATE) / RATE)
    scaled = front_end.clip(longer[None])[0][0]
    torch.testing.assert_close(
        scaled[: len(utterance)], front_end.clip(utterance[None])[0][0], rtol=0.02, atol=1e-3
    )
    power = front_end.clip(loud[None])[0][0, 800:-800].square().mean()
    assert float(10 * power.log10()) == pytest.approx(-20, abs=0.05)


def test_what_is_quieter_within_an_utterance_stays(utterance: Tensor) -> None:
    clipped, lengths = LogMel(RATE, trim=30.0, level=None).clip(pad(utterance, (4000, 4000))[None])
    assert len(utterance) - 400 <= int(lengths) <= len(utterance) + 800
    middle = clipped[0, 1000:-1000]
    assert any(torch.equal(middle, part) for part in utterance.unfold(0, len(middle), 1))


def test_frames_are_counted_after_trimming_alone_and_in_a_batch(utterance: Tensor) -> None:
    front_end = LogMel(RATE, trim=30.0, level=-20.0)
    batch = torch.stack([pad(utterance, (8000, 8000)), pad(utterance.flip(0), (1000, 15000))])
    lengths = torch.tensor([24_000, 12_000])
    features, frames = front_end.transform(batch, lengths)
    for row, length, own, count in zip(batch, lengths, features, frames.tolist(), strict=True):
        alone, counted = front_end.transform(row[None, :length])
        assert torch.equal(alone[0], own[:, :count])
        assert int(counted) == count
        assert not own[:, count:].any()


def test_times_are_counted_from_where_sound_begins(utterance: Tensor) -> None:
    front_end = LogMel(RATE, trim=30.0, level=None, offset=0.1, duration=0.2)
    expected = front_end.clip(utterance[None])[0]
    torch.testing.assert_close(front_end.clip(pad(utterance, (800, 800))[None])[0], expected)


@pytest.mark.parametrize(("samples", "kept"), [(RATE, 1024), (600, 600)])
def test_a_click_keeps_one_window_around_it(samples: int, kept: int) -> None:
    click = torch.zeros(1, samples)
    click[0, samples - 40] = 1.0
    clipped, lengths = LogMel(RATE, trim=30.0, level=-20.0).clip(click)
    assert int(lengths) == kept
    assert clipped.abs().max() > 0.1


def test_silence_stays_silent_and_whole() -> None:
    clipped, lengths = LogMel(RATE, trim=30.0, level=-20.0).clip(torch.zeros(1, RATE))
    assert int(lengths) == RATE
    assert not clipped.any()


@pytest.mark.parametrize(
    ("setting", "said"),
    [({"trim": 0.0}, "trim=0.0 must be positive"), ({"level": 3.0}, "level=3.0 must be from -120")],
)
def test_ranges_that_no_audio_has_are_refused(setting: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        LogMel(**setting)
