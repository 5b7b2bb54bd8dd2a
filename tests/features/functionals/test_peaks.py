"""Peaks, valleys and slopes, compared with scipy and with loops."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import find_peaks

from ser.features.functionals.peaks import NAMES, peaks
from ser.features.functionals.tracks import Tracks
from ser.features.functionals.turns import Turns, turns

HOP, PART = 0.01, 0.1
Signal = NDArray[np.float64]


def walks(frames: int) -> torch.Tensor:
    """Random walks, and noise of few values, which has plateaus and peaks of equal height."""
    draw = torch.Generator().manual_seed(frames)
    walk = torch.randn(6, frames, generator=draw).cumsum(1)
    steps = torch.randint(0, 4, (6, frames), generator=draw).float()
    return torch.cat([walk, steps, torch.ones(1, frames)])


def prominent(track: Signal) -> NDArray[np.int64]:
    limit = np.float32(PART) * np.float32(track.max() - track.min())
    return find_peaks(track, prominence=limit)[0]


def of_row(found: Turns, row: int) -> dict[str, NDArray[np.float64]]:
    mine = found.row == row
    return {name: values[mine].double().numpy() for name, values in vars(found).items()}


@pytest.fixture(params=[1, 2, 3, 4, 5, 9, 30, 31, 32, 33, 200])
def tracks(request: pytest.FixtureRequest) -> Tracks:
    return Tracks.of(walks(request.param), HOP)


def test_prominent_peaks_are_those_of_scipy_plateaus_and_equal_heights_included(
    tracks: Tracks,
) -> None:
    found = turns(tracks, PART)
    for row, track in enumerate(tracks.values.double().numpy()):
        assert of_row(found, row)["frame"].tolist() == prominent(track).tolist()


def test_each_peak_knows_the_lowest_point_up_to_its_neighbours(tracks: Tracks) -> None:
    found = turns(tracks, PART)
    for row, track in enumerate(tracks.values.double().numpy()):
        mine = of_row(found, row)
        ends = [0, *mine["frame"].astype(int), len(track)]
        lows = [track[a:b].min() for a, b in pairwise(ends)]
        np.testing.assert_allclose(mine["rise"], mine["height"] - lows[:-1], atol=1e-5)
        np.testing.assert_allclose(mine["fall"], mine["height"] - lows[1:], atol=1e-5)
        assert (track[mine["before"].astype(int)] == lows[:-1]).all()
        assert (track[mine["after"].astype(int)] == lows[1:]).all()
        assert (mine["before"] < mine["frame"]).all()
        assert (mine["frame"] < mine["after"]).all()


def of_one(track: Signal) -> list[float]:
    """Give the functionals by loops over the peaks of scipy."""
    places, duration = prominent(track), len(track) * HOP
    heights, gaps = track[places], np.diff(places) * HOP
    ends, rises, falls = [0, *places, len(track)], [], []
    for before, peak, after in zip(ends[:-2], places, ends[2:], strict=True):
        down, up = before + track[before:peak].argmin(), peak + track[peak:after].argmin()
        rises.append((track[peak] - track[down]) / (peak - down) / HOP)
        falls.append((track[peak] - track[up]) / (up - peak) / HOP)
    some = len(places) > 0
    return [
        len(places) / duration,
        heights.mean() - track.mean() if some else 0,
        heights.std() if some else 0,
        heights.mean() if some else track.mean(),
        gaps.mean() if len(gaps) else duration,
        gaps.std() if len(gaps) else 0,
        np.mean(rises) if some else 0,
        np.mean(falls) if some else 0,
        np.std(rises) if some else 0,
        (np.diff(track) > 0).mean() if len(track) > 1 else 0,
        (np.diff(track, 2) > 0).mean() if len(track) > 2 else 0,
    ]


def test_functionals_of_peaks_are_those_of_loops_within_rounding() -> None:
    draw = torch.Generator().manual_seed(0)
    for frames in (1, 2, 3, 10, 300):  # of continuous values, whose valleys have no equals
        tracks = Tracks.of(torch.randn(9, frames, generator=draw).cumsum(1), HOP)
        expected = [of_one(track) for track in tracks.values.double().numpy()]
        np.testing.assert_allclose(peaks(tracks), expected, rtol=1e-4, atol=1e-4)


def test_a_track_without_peaks_has_its_mean_and_its_duration_for_them() -> None:
    tracks = Tracks.of(torch.stack([torch.arange(50.0), torch.full((50,), 7.0)]), HOP)
    rising, still = (dict(zip(NAMES, row, strict=True)) for row in peaks(tracks).tolist())
    assert rising["peak_mean"] == 24.5
    assert still["peak_mean"] == 7
    assert rising["rising_share"] == 1
    for track in (rising, still):
        assert track["peak_distance_mean"] == 0.5
        assert not any(track[name] for name in ("peak_rate", "peak_std", "rise_mean", "fall_mean"))
