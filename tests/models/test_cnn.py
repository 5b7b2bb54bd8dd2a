"""The CNN for new voices hears what moves: neither level nor padding, and all frames by weight."""

import pytest
import torch
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import CNN
from ser.models.blocks.masking import frame_mask
from ser.models.blocks.pooling import AttentiveStatistics, centred

LENGTHS = torch.tensor([20, 17, 12, 9])


@pytest.fixture(scope="module")
def network():
    """A network with the batch statistics of some random batch, in evaluation mode."""
    torch.manual_seed(0)
    network = CNN(4, 24, width=4)
    for layer in network.modules():
        if hasattr(layer, "momentum"):
            layer.momentum = 1.0
    with torch.no_grad():
        network(torch.randn(4, 24, 20), LENGTHS)
    return network.eval()


@pytest.fixture(scope="module")
def features():
    return torch.randn(4, 24, 20, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_without_means_what_is_added_to_all_frames_of_a_band_changes_nothing(network, features):
    network.subtract_mean = True
    colour = torch.linspace(-3, 3, 24)[:, None]  # as another microphone or level adds, in dB
    torch.testing.assert_close(
        network(features + colour, LENGTHS), network(features, LENGTHS), atol=1e-4, rtol=1e-4
    )


def test_each_band_is_centred_over_the_frames_of_its_utterance_alone(features):
    mask = frame_mask(LENGTHS, features)
    found = centred(features, mask)
    for utterance, length in enumerate(LENGTHS):
        own = features[utterance, :, :length]
        expected = own - own.mean(1, keepdim=True)
        torch.testing.assert_close(found[utterance, :, :length], expected)
        assert not found[utterance, :, length:].any()


@torch.no_grad()
@pytest.mark.parametrize("masked", [True, False])
def test_attentive_statistics_are_moments_under_the_weights(masked, features):
    torch.manual_seed(0)
    pooling = AttentiveStatistics(24, hidden_size=5)
    mask = frame_mask(LENGTHS, features) if masked else None
    found = pooling(features, mask)
    for utterance, length in enumerate(LENGTHS.tolist() if masked else [20] * 4):
        own = features[utterance, :, :length]
        weights = pooling.scores(own[None])[0, 0].softmax(0)
        mean = (weights * own).sum(1)
        deviation = (weights * (own - mean[:, None]) ** 2).sum(1).sqrt()
        torch.testing.assert_close(found[utterance], torch.cat([mean, deviation]))


def test_a_single_frame_has_a_gradient_that_is_finite():
    network = CNN(3, 24, width=4)
    logits = network(torch.randn(3, 24, 1), torch.ones(3, dtype=torch.long))
    functional.cross_entropy(logits, torch.arange(3)).backward()
    assert all(p.grad.isfinite().all() for p in network.parameters() if p.grad is not None)


@pytest.mark.parametrize("shape", [(2, 24), (2, 24, 0)])
def test_features_that_are_no_matrix_are_refused(network, shape):
    with pytest.raises(ConfigError, match="are not a matrix of frames"):
        network(torch.zeros(shape))


@pytest.mark.parametrize("width", [0, -4])
def test_a_network_without_maps_is_refused(width):
    with pytest.raises(ConfigError, match=f"width={width} must be 1 or more"):
        CNN(4, 24, width=width)
