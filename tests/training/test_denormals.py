"""Numbers that slow a processor down are zero while something is trained, and only then."""

import warnings

import numpy as np
import pytest
import torch

from ser.training.denormals import denormals_flushed

TINY = 1e-40
pytestmark = pytest.mark.skipif(
    not torch.set_flush_denormal(False), reason="this processor cannot flush denormal numbers"
)


def product():
    return (torch.tensor(TINY) * 1.0).item()


def test_tiny_numbers_are_zero_within_and_what_they_were_afterwards():
    assert product() > 0
    with denormals_flushed():
        assert product() == 0
        with denormals_flushed():
            pass
        assert product() == 0  # as before the inner one
    assert product() > 0


def test_an_error_leaves_them_as_they_were():
    with pytest.raises(ValueError, match="lost"), denormals_flushed():
        raise ValueError("lost")
    assert product() > 0


def test_numpy_does_not_warn_of_them():
    with warnings.catch_warnings(), denormals_flushed():
        warnings.simplefilter("error")
        assert np.finfo(np.float32).smallest_subnormal is not None
        assert np.finfo(np.float64).eps > 0


def test_networks_are_trained_within(start, monkeypatch):
    seen = []
    step = torch.nn.functional.cross_entropy
    monkeypatch.setattr(
        torch.nn.functional,
        "cross_entropy",
        lambda *a, **k: seen.append(product()) or step(*a, **k),
    )
    start("model=mlp", "fold=0", "trainer.max_epochs=1")
    assert seen
    assert set(seen) == {0}
    assert product() > 0
