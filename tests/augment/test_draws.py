"""Draws of another device are random as those of the CPU are, and nothing waits for them."""

import pytest
import torch
from scipy import stats
from torch._subclasses.fake_tensor import FakeTensorMode

from ser.augment import Augmentation, Mixup, SpecAugment, draws
from ser.augment.draws import beta, beta_on_device, permutation, permutation_on_device


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(3)


@pytest.mark.parametrize("draw", [beta, beta_on_device])
@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_weights_are_beta_distributed(draw, alpha, generator):
    weights = draw(alpha, 5000, generator)
    assert stats.kstest(weights.numpy(), stats.beta(alpha, alpha).cdf).pvalue > 0.01


def test_weights_of_a_tiny_alpha_keep_nearly_all_utterances_whole(generator):
    weights = beta_on_device(0.01, 5000, generator)
    assert float(torch.minimum(weights, 1 - weights).mean()) < 0.01
    assert float(weights.mean()) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("draw", [permutation, permutation_on_device])
def test_every_place_of_a_permutation_sees_every_number_alike_often(draw, generator):
    orders = torch.stack([draw(4, generator) for _ in range(2000)])
    assert orders.sort(dim=1).values.unique(dim=0).tolist() == [[0, 1, 2, 3]]
    counts = torch.stack([torch.bincount(place, minlength=4) for place in orders.T])
    assert stats.chisquare(counts.flatten()).pvalue > 0.01


@pytest.mark.parametrize("shape", [(8, 5), (8, 5, 30)])
def test_on_a_device_nothing_that_is_drawn_is_waited_for(shape, generator, monkeypatch):
    monkeypatch.setattr(draws, "_on_cpu", lambda _: False)
    augment = Augmentation(spec_augment=SpecAugment(), mixup=Mixup())
    with FakeTensorMode():  # of tensors without numbers, on which whoever waits for one fails
        features, target = torch.randn(shape), torch.rand(8, 3)
        lengths, mean = torch.full((8,), 30), torch.zeros(shape[1], *[1] * (len(shape) - 2))
        given = augment.change_features(features, lengths, target, generator, mean)
    assert [part.shape for part in given] == [features.shape, lengths.shape, target.shape]
