"""The 2D CNN has the published size and order, and its default form leaves padding out."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import CNN2D
from ser.models.published.stacks import ConvolutionBlock

every_recipe = pytest.mark.parametrize("recipe", ["default", "published"])


@torch.no_grad()
def ready(recipe, **arguments):
    """Build a network for evaluation, with the batch statistics of some random batch."""
    torch.manual_seed(0)
    network = CNN2D(4, 13, recipe=recipe, **arguments)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 1.0
    network(torch.randn(4, 13, 20), torch.tensor([20, 17, 12, 9]))
    return network.eval()


@every_recipe
@pytest.mark.parametrize("num_features", [13, 40])
def test_the_parameter_count_is_the_published_one(recipe, num_features):
    network = CNN2D(4, num_features, recipe=recipe)
    averages = [b for name, b in network.named_buffers() if "running" in name]
    assert sum(t.numel() for t in (*network.parameters(), *averages)) == 1_220_164


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@torch.no_grad()
def test_the_published_form_is_the_one_written_out_layer_by_layer():
    network, features = ready("published"), torch.randn(2, 13, 20)
    maps = features[:, None]
    for block in network.blocks:
        kernel, norm = block.convolution, block.norm
        maps = functional.conv2d(maps, kernel.weight, kernel.bias, padding="same").relu()
        mean, variance = norm.running_mean, norm.running_var
        maps = functional.batch_norm(maps, mean, variance, norm.weight, norm.bias, eps=1e-3)
        assert maps.shape[2:] == (13, 20)
    expected = network.head(maps.amax((2, 3)))
    torch.testing.assert_close(network(features), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("stride", "pools"), [(1, (2, 2, 2, 2, 1)), (2, (4, 2, 1, 1, 1))])
@torch.no_grad()
def test_the_default_form_is_the_one_written_out_layer_by_layer(stride, pools):
    network, features = ready("default", stem_stride=stride), torch.randn(2, 13, 20)
    network.subtract_mean = False
    maps, steps = features[:, None], (stride, 1, 1, 1, 1)
    for block, step, pool in zip(network.blocks, steps, pools, strict=True):
        kernel = block.convolution
        side = kernel.kernel_size[0]
        maps = functional.pad(maps, ((side - 1) // 2, side // 2) * 2)
        maps = functional.conv2d(maps, kernel.weight, kernel.bias, stride=step).relu()
        maps = block.norm(functional.max_pool2d(maps, pool, ceil_mode=True))
    assert maps.shape == (2, 256, 1, 2)
    expected = network.head(maps.amax((2, 3)))
    torch.testing.assert_close(network(features), expected, atol=1e-5, rtol=1e-5)


def test_the_published_rates_of_dropout_are_where_they_were_and_the_factor_scales_them():
    def rates(**arguments):
        layers = CNN2D(4, 13, **arguments).modules()
        return [m.p for m in layers if isinstance(m, nn.Dropout) and m.p]

    assert rates(recipe="published") == [0.3, 0.1, 0.1]
    assert rates(recipe="default") == [0.3, 0.1, 0.1]
    assert rates(recipe="published", dropout=0.5) == [0.15, 0.05, 0.05]
    assert rates(dropout=0.0) == []
    assert CNN2D(4, 13, recipe="published").blocks[-1].dropout.p == 0.3
    assert CNN2D(4, 13).head[0].p == 0.3


def test_a_published_block_drops_before_it_normalises():
    block = ConvolutionBlock(1, 256, 3, dropout=0.3)
    maps = block(torch.randn(4, 1, 13, 20))
    torch.testing.assert_close(maps.mean((0, 2, 3)), torch.zeros(256), atol=1e-4, rtol=0)


def test_the_published_recipe_averages_batch_statistics_as_keras_does():
    layers = CNN2D(4, 13, recipe="published").modules()
    norms = [m for m in layers if isinstance(m, nn.BatchNorm2d)]
    assert [(m.eps, m.momentum) for m in norms] == [(1e-3, 0.01)] * 5


@every_recipe
@pytest.mark.parametrize("shape", [(13, 1), (13, 21), (17, 2), (1, 33)])
def test_any_size_goes_forward_and_backward_through_every_weight(recipe, shape):
    torch.manual_seed(0)
    network = CNN2D(3, shape[0], recipe=recipe, dropout=0.0)
    lengths = torch.tensor([shape[1], (shape[1] + 1) // 2, 1])
    logits = network(torch.randn(3, *shape), lengths)
    functional.cross_entropy(logits, torch.arange(3)).backward()
    assert logits.shape == (3, 3)
    gradients = [p.grad for p in network.parameters()]
    assert all(g is not None and g.isfinite().all() for g in gradients)
    assert all(g.any() for g in gradients)


@pytest.mark.parametrize("stride", [1, 2])
@torch.no_grad()
def test_the_default_logits_do_not_depend_on_padding(stride):
    network, features = ready("default", stem_stride=stride), torch.randn(5, 13, 20)
    lengths = torch.tensor([20, 19, 11, 3, 1])
    padded = functional.pad(features, (0, 13))
    alone = [network(f[None, :, :n]) for f, n in zip(features, lengths, strict=True)]
    torch.testing.assert_close(network(padded, lengths), torch.cat(alone), atol=1e-5, rtol=1e-5)


def test_padding_takes_no_part_in_default_batch_statistics():
    def statistics(features, lengths):
        torch.manual_seed(0)
        network = CNN2D(4, 13)
        network(features, lengths)
        return [b for name, b in network.named_buffers() if "running" in name]

    features, lengths = torch.randn(2, 13, 20), torch.tensor([20, 20])
    padded = functional.pad(features, (0, 13), value=7.0)
    for found, expected in zip(
        statistics(padded, lengths), statistics(features, lengths), strict=True
    ):
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_published_recipe_reads_padding_as_signal():
    network, features = ready("published"), torch.randn(1, 13, 20)
    padded, lengths = functional.pad(features, (0, 13)), torch.tensor([20])
    assert torch.equal(network(padded, lengths), network(padded))
    assert not torch.allclose(network(padded, lengths), network(features, lengths), atol=1e-3)


@every_recipe
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
    kernels = [p for p in CNN2D(4, 13, recipe=recipe).parameters() if p.ndim == 4]
    assert len(kernels) == 5
    assert all(k.is_contiguous(memory_format=torch.channels_last) for k in kernels)


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ConfigError, match="recipe='other' is unknown; choose one of default"):
        CNN2D(4, 13, recipe="other")


def test_a_stride_of_the_stem_that_there_is_not_is_refused():
    with pytest.raises(ConfigError, match=r"stem_stride=3 is unknown; choose one of 1, 2"):
        CNN2D(4, 13, stem_stride=3)


@pytest.mark.parametrize("shape", [(2, 13), (2, 13, 0)])
def test_features_that_are_no_matrix_are_refused(shape):
    with pytest.raises(ConfigError, match="are not a matrix of frames"):
        CNN2D(4, 13)(torch.zeros(shape))
