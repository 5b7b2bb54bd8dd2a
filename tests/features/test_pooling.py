"""Pooled states are those of each utterance alone, and parts of time are those of PyTorch."""

from __future__ import annotations

import pytest
import torch

from ser.features.pretrained.pooling import PARTS, POOLINGS, thirds

COUNTS = [1, 2, 3, 4, 5, 7, 50]
WIDTH = 4


@pytest.fixture
def states():
    """States of utterances of some frames; beyond them there is no number."""
    found = torch.randn(len(COUNTS), max(COUNTS), WIDTH, generator=torch.manual_seed(0))
    for row, count in zip(found, COUNTS, strict=True):
        row[count:] = torch.nan
    return found


@pytest.fixture
def own():
    """Frames that are the utterance's own."""
    return (torch.arange(max(COUNTS)) < torch.tensor(COUNTS)[:, None])[..., None]


@pytest.mark.parametrize("name", POOLINGS)
def test_what_lies_beyond_an_utterance_does_not_count(states, own, name):
    size, pool = POOLINGS[name]
    pooled = pool(states, own)
    assert pooled.shape == (len(COUNTS), size * WIDTH)
    for row, alone, count in zip(pooled, states, COUNTS, strict=True):
        expected = pool(alone[None, :count], torch.ones(1, count, 1, dtype=torch.bool))[0]
        torch.testing.assert_close(row, expected, atol=1e-6, rtol=1e-6)


def test_thirds_follow_mean_and_deviation_as_adaptive_pooling_divides_time(states, own):
    for row, alone, count in zip(thirds(states, own), states, COUNTS, strict=True):
        frames = alone[:count].T
        parts = torch.nn.functional.adaptive_avg_pool1d(frames[None], PARTS)[0].T
        expected = torch.cat([frames.mean(1), frames.std(1, correction=0), *parts])
        torch.testing.assert_close(row, expected, atol=1e-6, rtol=1e-6)
