"""The residual network has the published size and order, and a default form that masks padding."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import ResNet
from ser.models.blocks.residual import NormalisedConvolution

every_recipe = pytest.mark.parametrize("recipe", ["default", "published"])


def build(recipe="default", num_features=26, num_classes=4, **arguments):
    """Build a network with seeded weights."""
    torch.manual_seed(0)
    return ResNet(num_classes, num_features, recipe=recipe, **arguments)


@torch.no_grad()
def ready(recipe, **arguments):
    """Build a network for evaluation, all of whose layers count: no residual starts at zero."""
    network = build(recipe, **arguments)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 1.0
            nn.init.uniform_(layer.weight, 0.5, 1.0)
            nn.init.normal_(layer.bias)
    network(torch.randn(4, 26, 40), torch.tensor([40, 37, 30, 24]))
    return network.eval()


def test_the_published_count_of_parameters_is_the_one_that_keras_prints():
    network = build("published", num_features=40)
    assert sum(p.numel() for p in network.parameters()) == 908_836
    assert not any("running" in name for name, _ in network.named_buffers())


def test_the_default_form_swaps_a_bias_a_map_for_a_scale_and_a_shift():
    maps = 32 + 64 + 8 * 64 + 64
    assert sum(p.numel() for p in build().parameters()) == 908_836 + maps


@torch.no_grad()
def test_the_published_form_is_the_one_written_out_layer_by_layer():
    network, features = ready("published"), torch.randn(2, 26, 40)

    def convolve(maps, layer, padding=0):
        kernel = layer.convolution
        return functional.conv2d(maps, kernel.weight, kernel.bias, padding=padding).relu()

    maps = convolve(convolve(features[:, None], network.stem[0]), network.stem[1])
    maps = functional.max_pool2d(maps, 3)
    assert maps.shape == (2, 64, 4, 8)
    for unit, side in zip(network.units, (5, 5, 5, 3), strict=True):
        assert unit.first.convolution.kernel_size == (side, side)
        inner = convolve(maps, unit.first, padding=side // 2)
        maps = maps + convolve(inner, unit.second, padding=side // 2)
    maps = convolve(maps, network.last)
    assert maps.shape == (2, 64, 2, 6)
    expected = network.head(maps.mean((2, 3)))
    torch.testing.assert_close(network(features), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("stride", "pool", "shape"), [(1, 3, (5, 7)), (2, 2, (4, 5))])
@torch.no_grad()
def test_the_default_form_is_the_one_written_out_layer_by_layer(stride, pool, shape):
    network, features = ready("default", stem_stride=stride), torch.randn(2, 26, 40)
    network.subtract_mean = False

    def convolve(maps, layer, side, stride=1):
        maps = functional.pad(maps, ((side - 1) // 2, side // 2) * 2)
        return layer.norm(functional.conv2d(maps, layer.convolution.weight, stride=stride))

    maps = convolve(features[:, None], network.stem[0], 8, stride).relu()
    maps = functional.max_pool2d(maps, pool, ceil_mode=True)
    maps = functional.max_pool2d(convolve(maps, network.stem[1], 8).relu(), 2, 2, 0, 1, True)
    assert maps.shape == (2, 64, *shape)
    for unit, side in zip(network.units, (5, 5, 5, 3), strict=True):
        inner = convolve(maps, unit.first, side).relu()
        maps = (maps + convolve(inner, unit.second, side)).relu()
    expected = network.head(convolve(maps, network.last, 3).relu().mean((2, 3)))
    torch.testing.assert_close(network(features), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("kernel", [3, 5, 8])
def test_same_padding_is_that_of_keras(kernel):
    layer, maps = NormalisedConvolution(1, 2, kernel), torch.randn(1, 1, 13, 11)
    expected = layer.norm(functional.conv2d(maps, layer.convolution.weight, padding="same"))
    torch.testing.assert_close(layer(maps), expected)


@pytest.mark.parametrize(
    ("recipe", "shape"),
    [
        ("default", (13, 1)),
        ("default", (1, 7)),
        ("default", (37, 41)),
        ("published", (23, 1)),
        ("published", (23, 23)),
        ("published", (37, 41)),
    ],
)
def test_any_size_goes_forward_and_backward_through_every_weight(recipe, shape):
    network = build(recipe, shape[0], num_classes=3, dropout=0.0)
    frames = shape[1]
    lengths = torch.tensor([frames, (frames + 1) // 2, 1])
    logits = network(torch.randn(3, *shape), lengths)
    functional.cross_entropy(logits, torch.arange(3)).backward()
    assert logits.shape == (3, 3)
    gradients = [p.grad for p in network.parameters()]
    assert all(g is not None and g.isfinite().all() for g in gradients)


@pytest.mark.parametrize("stride", [1, 2])
@torch.no_grad()
def test_the_default_logits_do_not_depend_on_padding(stride):
    network, features = ready("default", stem_stride=stride), torch.randn(6, 26, 40)
    lengths = torch.tensor([40, 37, 19, 7, 6, 1])
    padded = functional.pad(features, (0, 13), value=7.0)
    alone = [network(f[None, :, :n]) for f, n in zip(features, lengths, strict=True)]
    torch.testing.assert_close(network(padded, lengths), torch.cat(alone), atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_padding_takes_no_part_in_default_batch_statistics():
    def statistics(features, lengths):
        network = build()
        network(features, lengths)
        return [b for name, b in network.named_buffers() if "running" in name]

    features, lengths = torch.randn(2, 26, 40), torch.tensor([40, 40])
    padded = functional.pad(features, (0, 13))
    pairs = zip(statistics(padded, lengths), statistics(features, None), strict=True)
    assert all(torch.allclose(a, b, atol=1e-4, rtol=1e-4) for a, b in pairs)


@torch.no_grad()
def test_the_published_form_reads_padding_as_signal():
    network, features = ready("published"), torch.randn(1, 26, 40)
    padded, lengths = functional.pad(features, (0, 13)), torch.tensor([40])
    assert torch.equal(network(padded, lengths), network(padded))
    assert not torch.allclose(network(padded), network(features), atol=1e-4)


@torch.no_grad()
def test_frames_too_few_for_the_published_form_are_filled_up_with_zeros():
    network, features = ready("published"), torch.randn(2, 26, 9)
    assert torch.equal(network(features), network(functional.pad(features, (0, 14))))


def test_default_residuals_start_at_zero_and_published_weights_as_in_keras():
    default, published = build(), build("published")
    assert not any(unit.second.norm.weight.any() for unit in default.units)
    bound = (6 / (2 * 64 * 9)) ** 0.5
    largest = float(published.last.convolution.weight.detach().abs().max())
    assert 0.9 * bound < largest <= bound
    assert not any(p.any() for name, p in published.named_parameters() if name.endswith("bias"))
    deviation = float(default.last.convolution.weight.detach().std())
    assert deviation == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)


@every_recipe
def test_dropout_is_a_factor_on_the_published_rate(recipe):
    def rates(**arguments):
        return [m.p for m in build(recipe, **arguments).head if isinstance(m, nn.Dropout) and m.p]

    assert rates() == [0.2, 0.2]
    assert rates(dropout=0.5) == [0.1, 0.1]


@every_recipe
@torch.no_grad()
def test_the_exported_graph_equals_the_network(recipe):
    network, features = ready(recipe), torch.randn(2, 26, 40)
    for batch in ((features,), (features, torch.tensor([40, 9])), (features[..., :9],)):
        graph = torch.export.export(network, batch).module()
        torch.testing.assert_close(graph(*batch), network(*batch))


@every_recipe
@torch.no_grad()
def test_bf16_changes_probabilities_by_a_few_percent_at_most(recipe):
    network, batch = ready(recipe), (torch.randn(4, 26, 40), torch.tensor([40, 33, 12, 1]))
    with torch.autocast("cpu", torch.bfloat16):
        low = network(*batch).float()
    torch.testing.assert_close(low.softmax(1), network(*batch).softmax(1), atol=0.03, rtol=0)


@every_recipe
def test_convolutions_hold_channels_last_weights(recipe):
    kernels = [p for p in build(recipe).parameters() if p.ndim == 4]
    assert len(kernels) == 11
    assert all(k.is_contiguous(memory_format=torch.channels_last) for k in kernels)


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ConfigError, match="recipe='other' is unknown; choose one of default"):
        ResNet(4, 40, recipe="other")


def test_a_stride_of_the_stem_that_there_is_not_is_refused():
    with pytest.raises(ConfigError, match=r"stem_stride=3 is unknown; choose one of 1, 2"):
        build(stem_stride=3)


def test_coefficients_too_few_for_the_published_form_are_refused():
    with pytest.raises(ConfigError, match=r"num_features=22 is too small .* need 23"):
        ResNet(4, 22, recipe="published")


def test_features_that_are_no_matrix_are_refused():
    with pytest.raises(ConfigError, match="take features=logmel"):
        build()(torch.zeros(2, 26))
