"""What is stored under a version stays what that version gives: changed numbers need a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ser.augment import COPIES, make_copy, stored_as
from ser.features import (
    FRONT_ENDS,
    MFCC,
    FrontEnd,
    Functionals,
    LogMel,
    RawWaveform,
    UtteranceStatistics,
)

RATE = 16_000
PINNED = json.loads(Path(__file__).with_name("pinned_numbers.json").read_text())
ALL_PARTS = ["zcr", "chroma", "mfcc", "rms", "mel", "tonnetz"]
EARLIER = {"bandwidth": 1.0, "trim": None, "level": None}
SPECTRA = {"window": 2048 / 22_050, "hop": 512 / 22_050, "level_window": 2048 / 22_050}
MADE: dict[str, Callable[[], FrontEnd]] = {
    "LogMel": lambda: LogMel(RATE, offset=0.1, **EARLIER),
    "LogMel by default": LogMel,
    "MFCC": lambda: MFCC(RATE, duration=1.5, pad=True),
    "MFCC of the whole": lambda: MFCC(RATE, duration=None, pad=False),
    "UtteranceStatistics": lambda: UtteranceStatistics(RATE, **SPECTRA, **EARLIER),
    "UtteranceStatistics by default": UtteranceStatistics,
    "UtteranceStatistics, all parts": lambda: UtteranceStatistics(
        RATE,
        parts=ALL_PARTS,
        mel_decibels=False,
        **{**SPECTRA, **EARLIER, "level_window": 0.03},
    ),
    "RawWaveform": lambda: RawWaveform(RATE),
    "Functionals": lambda: Functionals(RATE, trim=40.0),
}


def glide() -> Tensor:
    """A second of gliding harmonics, in float64 until the end, so that processors agree."""
    time = np.arange(RATE) / RATE
    phase = 2 * np.pi * (140 * time + 30 * time**2)
    voice = sum(np.sin(n * phase) / n for n in range(1, 25))
    return torch.from_numpy((0.1 * np.sin(np.pi * time) * voice).astype(np.float32))


def fingerprint(numbers: Tensor) -> list[float]:
    """Size, mean, deviation, and ten numbers from one end to the other."""
    flat = numbers.double().reshape(-1)
    places = torch.linspace(0, len(flat) - 1, 12).long()[1:-1]
    values = [len(flat), flat.mean(), flat.std(), *flat[places]]
    return [float(f"{float(value):.6g}") for value in values]


def compare(name: str, version: int, numbers: Tensor, share: float = 1e-3) -> None:
    key, now = f"{name}, version {version}", fingerprint(numbers)
    assert key in PINNED, f"a new version: add to pinned_numbers.json\n{json.dumps({key: now})}"
    tolerance = share * PINNED[key][2]  # of the deviation; processors differ by less
    message = f"the numbers of {key} changed: raise the version, or stores keep the old ones"
    np.testing.assert_allclose(now, PINNED[key], rtol=share, atol=tolerance, err_msg=message)


@pytest.mark.parametrize("name", MADE)
def test_a_front_end_gives_the_numbers_of_its_version(name: str) -> None:
    front_end = MADE[name]()
    compare(name, front_end.version, front_end(glide()[None]))


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_what_its_version_says(name: str) -> None:
    copy = make_copy(name, glide(), RATE, "03a01Fa")
    levels = copy.unfold(0, 400, 400).square().mean(1).sqrt()
    version = int(stored_as(name).rpartition("-v")[2])
    compare(name, version, levels, share=1e-2)  # phases multiply what rounding changes


def test_every_front_end_is_pinned() -> None:
    pinned = {re.findall(r"\w+", name)[0] for name in PINNED}
    assert {*FRONT_ENDS, "RawWaveform"} <= pinned
