"""Moments, percentiles, levels and regression, compared with numpy and scipy in float64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from ser.features import Functionals
from ser.features.functionals.levels import levels
from ser.features.functionals.moments import moments
from ser.features.functionals.percentiles import percentiles
from ser.features.functionals.regression import regression
from ser.features.functionals.tracks import Tracks, deltas, smoothed, steadied

Speech = Callable[[int], Tensor]
Signal = NDArray[np.float64]
HOP = 0.01


@pytest.fixture
def tracks(speech: Speech) -> Tracks:
    """All tracks of an utterance, synthetic or real."""
    values = smoothed(Functionals().descriptors(speech(16_000))[0])
    return Tracks.of(torch.cat([values, deltas(values)]), HOP)


def agree(found: Tensor, expected: list[Signal], tracks: Tracks) -> None:
    """Compare, to a ten-thousandth of the range of a track in whatever has its unit."""
    wanted = np.stack(expected, 1)
    scale = 1e-4 * np.maximum(tracks.span.numpy(), 1)
    assert (np.abs(found.numpy() - wanted) <= scale + 1e-4 * np.abs(wanted)).all()


def test_moments_are_those_of_scipy(tracks: Tracks) -> None:
    x = tracks.values.double().numpy()
    expected = [x.mean(1), x.std(1), stats.skew(x, axis=1), stats.kurtosis(x, axis=1)]
    agree(moments(tracks), expected, tracks)


def test_percentiles_are_those_of_numpy(tracks: Tracks) -> None:
    shares = (1, 5, 25, 50, 75, 95, 99)
    values = np.percentile(tracks.values.double().numpy(), shares, axis=1)
    p = dict(zip(shares, values, strict=True))
    ranges = [p[50] - p[25], p[75] - p[50], p[75] - p[25], p[99] - p[1]]
    agree(percentiles(tracks), [*values, *ranges], tracks)


def test_levels_are_counted_and_extremes_placed(tracks: Tracks) -> None:
    x = tracks.values.numpy()  # zero crossings are few values, and may equal a limit
    low, high, last = x.min(1, keepdims=True), x.max(1, keepdims=True), x.shape[1] - 1
    limits = [low + np.float32(part) * (high - low) for part in (0.25, 0.5, 0.75, 0.9)]
    shares = [(x > limit).mean(1) for limit in limits]
    agree(levels(tracks), [*shares, x.argmax(1) / last, x.argmin(1) / last], tracks)


def test_regression_is_that_of_numpy(tracks: Tracks) -> None:
    x = tracks.values.double().numpy()
    time = np.arange(x.shape[1]) * HOP
    line, parabola = np.polyfit(time, x.T, 1), np.polyfit(time, x.T, 2)
    error = np.sqrt(((np.vander(time, 3) @ parabola - x.T) ** 2).mean(0))
    agree(regression(tracks), [line[0], parabola[0], error], tracks)


FAMILIES = [moments, percentiles, levels, regression]


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_few_frames_give_finite_numbers(family: Callable[..., Tensor], frames: int) -> None:
    assert family(Tracks.of(torch.randn(5, frames), HOP)).isfinite().all()


def test_a_constant_moves_nowhere() -> None:
    still = Tracks.of(torch.full((1, 40), -81.3), HOP)
    assert moments(still)[0, 1:].tolist() == [0, 0, 0]
    assert regression(still)[0].tolist() == [0, 0, 0]
    assert levels(still)[0].tolist() == [0] * 6


def test_rounding_alone_is_no_movement() -> None:
    noise = 1e-7 * torch.randn(1, 40, generator=torch.Generator().manual_seed(0))
    assert not Tracks.of(steadied(80 * (1 + noise)), HOP).span.any()


def test_moments_of_tiny_movements_are_those_of_large_ones() -> None:
    large = torch.randn(1, 40, generator=torch.Generator().manual_seed(0))
    found, expected = (moments(Tracks.of(size * large, HOP))[0] for size in (1e-15, 1.0))
    torch.testing.assert_close(found[2:], expected[2:])


def test_smoothing_and_deltas_repeat_the_ends() -> None:
    ramp = torch.tensor([[0.0, 3.0, 6.0, 9.0, 12.0, 15.0]])
    assert smoothed(ramp)[0].tolist() == [1, 3, 6, 9, 12, 14]
    np.testing.assert_allclose(deltas(ramp)[0], [1.5, 2.4, 3, 3, 2.4, 1.5], atol=1e-6)
