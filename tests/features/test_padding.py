"""Padding at the ends is no part of a recording, whatever offset the recording has."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ser.features import Functionals
from ser.features.padding import without_padding

RATE = 16_000


@pytest.fixture(scope="module")
def recording() -> Tensor:
    """0.6 s of noise that fades, with an offset 50 dB below its loudest part."""
    noise = torch.randn(RATE * 3 // 5, generator=torch.Generator().manual_seed(0))
    return 0.1 * noise * torch.linspace(1, 0.01, len(noise)) + 3e-4


def both(waveform: Tensor) -> tuple[Tensor, int]:
    kept, lengths = without_padding(waveform[None], torch.tensor([len(waveform)]), RATE)
    return kept[0], int(lengths)


@pytest.mark.parametrize("value", [0.0, 0.01])
@pytest.mark.parametrize("ends", [(1.0, 0.0), (0.0, 1.0), (0.5, 0.25)])
def test_long_stillness_at_the_ends_is_cut_off(
    recording: Tensor, ends: tuple[float, float], value: float
) -> None:
    before, after = (torch.full((round(end * RATE),), value) for end in ends)
    kept, length = both(torch.cat([before, recording, after]))
    assert length == len(recording)
    assert torch.equal(kept, recording)


def test_short_stillness_and_stillness_within_stay(recording: Tensor) -> None:
    short, long = torch.zeros(RATE // 6), torch.zeros(RATE)
    waveform = torch.cat([short, recording, long, recording, short])
    assert both(waveform)[1] == len(waveform)


def test_what_stands_still_from_end_to_end_stays() -> None:
    assert both(torch.full((RATE,), 0.3))[1] == RATE


def test_what_drifts_by_less_than_it_takes_to_move_stays() -> None:
    drift = torch.tensor([0.0, 0.5, 0.75, 0.95]).repeat_interleave(RATE // 4)
    assert both(0.5 + 1e-4 * drift)[1] == RATE


def test_a_batch_is_cut_as_each_of_it_alone(recording: Tensor) -> None:
    padded = torch.cat([torch.zeros(RATE // 2), recording, torch.zeros(RATE)])
    plain = torch.nn.functional.pad(recording, (0, len(padded) - len(recording)))
    lengths = torch.tensor([len(padded), len(recording)])
    kept, left = without_padding(torch.stack([padded, plain]), lengths, RATE)
    assert left.tolist() == [len(recording), len(recording)]
    assert torch.equal(kept[0], kept[1])


def test_silence_beside_an_offset_is_not_heard_in_functionals(recording: Tensor) -> None:
    front_end = Functionals()
    silent = torch.cat([recording, torch.zeros(RATE)])
    assert torch.equal(front_end(silent[None]), front_end(recording[None]))
