"""The CNN-LSTM has the published sizes; its default form reads each utterance to its own end."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import CNN2DLSTM

every_recipe = pytest.mark.parametrize("recipe", ["default", "published"])


@torch.no_grad()
def ready(recipe, **arguments):
    """Build a network for evaluation, with the batch statistics of some random batch."""
    torch.manual_seed(0)
    network = CNN2DLSTM(4, 13, recipe=recipe, **arguments)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 1.0
    network(torch.randn(4, 13, 20), torch.tensor([20, 17, 12, 9]))
    return network.eval()


@pytest.mark.parametrize(("kernels", "published"), [("8/8/8", 2_716_548), ("8/5/5", 1_119_108)])
def test_the_parameter_count_is_the_published_one(kernels, published):
    network = CNN2DLSTM(4, 40, kernels=kernels, recipe="published")
    averages = [b for name, b in network.named_buffers() if "running" in name]
    assert sum(t.numel() for t in (*network.parameters(), *averages)) == published


@every_recipe
def test_the_kernels_are_those_asked_for(recipe):
    network = CNN2DLSTM(4, 13, kernels="8/5/5", recipe=recipe)
    sides = [p.shape[2:] for p in network.parameters() if p.ndim == 4]
    assert sides == [(8, 8), (5, 5), (5, 5)]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@torch.no_grad()
def test_the_published_form_is_the_one_written_out_layer_by_layer():
    network, features = ready("published"), torch.randn(2, 13, 20)
    maps, states = features[:, None], features.transpose(1, 2)
    for block in network.blocks:
        kernel = block.convolution
        maps = functional.conv2d(maps, kernel.weight, kernel.bias, padding="same").relu()
        assert maps.shape[2:] == (13, 20)
    norm = network.blocks[2].norm
    mean, variance = norm.running_mean, norm.running_var
    maps = functional.batch_norm(maps, mean, variance, norm.weight, norm.bias, eps=1e-3)
    for lstm in network.lstms:
        states, _ = lstm(states)
    both = torch.cat([maps.amax((2, 3)), network.state(states[:, -1])], dim=1)
    torch.testing.assert_close(network(features), network.head(both), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("stride", "pools"), [(1, (2, 2, 1)), (2, (4, 2, 1))])
@torch.no_grad()
def test_the_default_form_is_the_one_written_out_layer_by_layer(stride, pools):
    network, features = ready("default", stem_stride=stride), torch.randn(2, 13, 20)
    network.subtract_mean = False
    maps, states, steps = features[:, None], features.transpose(1, 2), (stride, 1, 1)
    for block, step, pool in zip(network.blocks, steps, pools, strict=True):
        maps = functional.pad(maps, (3, 4, 3, 4))
        kernel = block.convolution
        maps = functional.conv2d(maps, kernel.weight, kernel.bias, stride=step).relu()
        maps = block.norm(functional.max_pool2d(maps, pool, ceil_mode=True))
    for lstm in network.lstms:
        states, _ = lstm(states)
    both = torch.cat([maps.amax((2, 3)), network.state(states[:, -1])], dim=1)
    torch.testing.assert_close(network(features), network.head(both), atol=1e-5, rtol=1e-5)


def test_the_published_form_normalises_once_and_as_keras_does():
    layers = CNN2DLSTM(4, 13, recipe="published").modules()
    norms = [m for m in layers if isinstance(m, nn.BatchNorm2d)]
    assert [(m.eps, m.momentum) for m in norms] == [(1e-3, 0.01)]


def test_the_factor_scales_every_rate_of_dropout():
    def rates(**arguments):
        layers = CNN2DLSTM(4, 13, **arguments).modules()
        return [m.p for m in layers if isinstance(m, nn.Dropout) and m.p]

    assert rates(recipe="published") == [0.1, 0.1, 0.1, 0.2]
    assert rates(recipe="default") == [0.1, 0.2]  # the first acts after each convolution
    assert rates(recipe="published", dropout=0.5) == [0.05, 0.05, 0.05, 0.1]
    assert rates(dropout=0.0) == []


@every_recipe
@pytest.mark.parametrize("shape", [(13, 1), (13, 21), (17, 2), (1, 33)])
def test_any_size_goes_forward_and_backward_through_every_weight(recipe, shape):
    torch.manual_seed(0)
    network = CNN2DLSTM(3, shape[0], recipe=recipe, dropout=0.0)
    lengths = torch.tensor([shape[1], (shape[1] + 1) // 2, 1])
    logits = network(torch.randn(3, *shape), lengths)
    functional.cross_entropy(logits, torch.arange(3)).backward()
    assert logits.shape == (3, 3)
    gradients = {name: p.grad for name, p in network.named_parameters()}
    assert all(g is not None and g.isfinite().all() for g in gradients.values())
    # The first state of an LSTM is zero, so one frame tells nothing of its recurrent weights.
    skipped = "weight_hh" if shape[1] == 1 else "none"
    assert all(g.any() for name, g in gradients.items() if skipped not in name)


@pytest.mark.parametrize("stride", [1, 2])
@torch.no_grad()
def test_the_default_logits_do_not_depend_on_padding(stride):
    network, features = ready("default", stem_stride=stride), torch.randn(5, 13, 20)
    lengths = torch.tensor([20, 19, 11, 3, 1])
    padded = functional.pad(features, (0, 13))
    alone = [network(f[None, :, :n]) for f, n in zip(features, lengths, strict=True)]
    torch.testing.assert_close(network(padded, lengths), torch.cat(alone), atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_the_published_recipe_reads_padding_as_signal():
    network, features = ready("published"), torch.randn(1, 13, 20)
    padded, lengths = functional.pad(features, (0, 13)), torch.tensor([20])
    assert torch.equal(network(padded, lengths), network(padded))
    assert not torch.allclose(network(padded, lengths), network(features, lengths), atol=1e-3)


@every_recipe
@pytest.mark.filterwarnings("ignore:The tensor attributes .*_flat_weights")
@torch.no_grad()
def test_the_exported_graph_equals_the_network(recipe):
    network, features = ready(recipe), torch.randn(2, 13, 20)
    for batch in ((features,), (features, torch.tensor([20, 9]))):
        graph = torch.export.export(network, batch).module()
        torch.testing.assert_close(graph(*batch), network(*batch))


@every_recipe
@torch.no_grad()
def test_bf16_changes_probabilities_by_a_few_percent_at_most(recipe):
    network, batch = ready(recipe), (torch.randn(4, 13, 20), torch.tensor([20, 15, 7, 1]))
    with torch.autocast("cpu", torch.bfloat16):
        low = network(*batch).float()
    torch.testing.assert_close(low.softmax(1), network(*batch).softmax(1), atol=0.03, rtol=0)


@every_recipe
def test_convolutions_hold_channels_last_weights(recipe):
    kernels = [p for p in CNN2DLSTM(4, 13, recipe=recipe).parameters() if p.ndim == 4]
    assert len(kernels) == 3
    assert all(k.is_contiguous(memory_format=torch.channels_last) for k in kernels)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"recipe": "other"}, "recipe='other' is unknown; choose one of default, published"),
        ({"kernels": "other"}, "kernels='other' is unknown; choose one of 8/8/8, 8/5/5"),
        ({"stem_stride": 3}, "stem_stride=3 is unknown; choose one of 1, 2"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        CNN2DLSTM(4, 13, **arguments)


def test_a_feature_vector_is_refused():
    with pytest.raises(ConfigError, match="are not a matrix of frames"):
        CNN2DLSTM(4, 13)(torch.zeros(2, 13))
