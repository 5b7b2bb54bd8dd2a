"""ResNet-50 is torchvision's in its default form, the source's in its published one."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import ResNet50

every_recipe = pytest.mark.parametrize("recipe", ["default", "published"])
BLOCKS = (3, 4, 6, 3)


def build(recipe="default", shape=(40, 64), num_classes=4, **arguments):
    """Build a network with seeded weights for features of a shape."""
    torch.manual_seed(0)
    return ResNet50(num_classes, shape[0], num_frames=shape[1], recipe=recipe, **arguments)


@pytest.fixture(scope="module")
def ready():
    """Give a network for evaluation, all of whose layers count: no residual starts at zero."""
    built = {}

    @torch.no_grad()
    def ready(recipe, stride_at=None, stem_stride=4):
        if (recipe, stride_at, stem_stride) not in built:
            network = build(recipe, stride_at=stride_at, stem_stride=stem_stride)
            network.subtract_mean = False
            for layer in network.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.momentum = 1.0
                    nn.init.uniform_(layer.weight, 0.5, 1.0)
                    nn.init.normal_(layer.bias)
            network(torch.randn(4, 40, 256), torch.tensor([256, 240, 200, 160]))
            built[recipe, stride_at, stem_stride] = network.eval()
        return built[recipe, stride_at, stem_stride]

    return ready


def torchvision_shapes():
    """Write out names and shapes of torchvision's ResNet-50 by their rule."""
    shapes = {"conv1.weight": (64, 3, 7, 7), "fc.weight": (1000, 2048), "fc.bias": (1000,)}
    norms, inputs = {"bn1": 64}, 64
    for stage, blocks in enumerate(BLOCKS):
        width = 64 * 2**stage
        for block in range(blocks):
            name = f"layer{stage + 1}.{block}"
            shapes[f"{name}.conv1.weight"] = (width, inputs, 1, 1)
            shapes[f"{name}.conv2.weight"] = (width, width, 3, 3)
            shapes[f"{name}.conv3.weight"] = (4 * width, width, 1, 1)
            norms |= {f"{name}.bn1": width, f"{name}.bn2": width, f"{name}.bn3": 4 * width}
            if block == 0:
                shapes[f"{name}.downsample.0.weight"] = (4 * width, inputs, 1, 1)
                norms[f"{name}.downsample.1"] = 4 * width
            inputs = 4 * width
    for name, width in norms.items():
        parts = ("weight", "bias", "running_mean", "running_var")
        shapes |= {f"{name}.{part}": (width,) for part in parts}
        shapes[f"{name}.num_batches_tracked"] = ()
    return shapes


def written_out(network, features, stride_at, stem_stride=2):
    """Compute the maps of the last stage, from the weights by name and without padding."""
    weights = network.state_dict()

    def convolve(maps, at, norm, stride=1, padding=0):
        kernel, bias = weights[f"{at}.weight"], weights.get(f"{at}.bias")
        maps = functional.conv2d(maps, kernel, bias, stride, padding)
        parts = ("running_mean", "running_var", "weight", "bias")
        return functional.batch_norm(
            maps, *(weights[f"{norm}.{part}"] for part in parts), eps=network.bn1.eps
        )

    maps = convolve(features[:, None], "conv1", "bn1", stem_stride, 3).relu()
    maps = functional.max_pool2d(maps, 3, 2, padding=1 if stride_at == 3 else 0)
    for stage, blocks in enumerate(BLOCKS):
        for block in range(blocks):
            at, stride = f"layer{stage + 1}.{block}", 2 if stage and not block else 1
            first, second = (stride, 1) if stride_at == 1 else (1, stride)
            inner = convolve(maps, f"{at}.conv1", f"{at}.bn1", first).relu()
            inner = convolve(inner, f"{at}.conv2", f"{at}.bn2", second, 1).relu()
            inner = convolve(inner, f"{at}.conv3", f"{at}.bn3")
            if not block:
                maps = convolve(maps, f"{at}.downsample.0", f"{at}.downsample.1", stride)
            maps = (maps + inner).relu()
    return maps


def test_the_published_count_of_parameters_is_the_one_that_keras_prints():
    network = build("published", (40, 517))
    averages = [b for name, b in network.named_buffers() if "running" in name]
    assert sum(t.numel() for t in (*network.parameters(), *averages)) == 23_655_172
    assert sum(b.numel() for b in averages) == 53_120


def test_names_and_shapes_are_those_of_torchvision_but_for_the_one_channel():
    expected = torchvision_shapes()
    network = build(num_classes=1000)
    found = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert found.pop("feature_mean") == found.pop("feature_std") == (40,)
    assert found == expected | {"conv1.weight": (64, 1, 7, 7)}
    assert sum(p.numel() for p in network.parameters()) == 25_557_032 - 64 * 2 * 49


@pytest.mark.parametrize("stride", [2, 4])
@torch.no_grad()
def test_the_default_form_is_torchvisions_written_out_by_name(ready, stride):
    network, features = ready("default", stem_stride=stride), torch.randn(2, 40, 64)
    maps = written_out(network, features, stride_at=3, stem_stride=stride)
    expected = network.fc(maps.mean((2, 3)))
    torch.testing.assert_close(network(features), expected, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_the_published_form_is_the_sources_written_out_by_name(ready):
    network, features = ready("published"), torch.randn(2, 40, 64)
    maps = written_out(network, features, stride_at=1)
    assert maps.shape[2:] == (2, 2)
    expected = network.fc(maps.mean((2, 3)))  # one window of the average pooling
    torch.testing.assert_close(network(features), expected, atol=1e-4, rtol=1e-4)


def test_an_incomplete_window_of_the_published_average_pooling_holds_no_zeros():
    pool = build("published", (40, 5)).avgpool
    maps = torch.ones(1, 1, 2, 17)
    assert torch.equal(pool(maps), torch.ones(1, 1, 1, 9))


def test_stride_at_overrules_the_stride_of_the_recipe():
    def strides(network):
        return network.layer2[0].conv1.stride[0], network.layer2[0].conv2.stride[0]

    assert strides(build("default")) == (1, 2)
    assert strides(build("published")) == (2, 1)
    assert strides(build("default", stride_at=1)) == (2, 1)
    assert strides(build("published", stride_at=3)) == (1, 2)


@pytest.mark.parametrize(
    ("recipe", "shape"),
    [
        ("default", (13, 1)),
        ("default", (41, 35)),
        ("published", (13, 1)),
        ("published", (5, 7)),
        ("published", (41, 35)),
    ],
)
def test_any_size_goes_forward_and_backward_through_every_weight(recipe, shape):
    network = build(recipe, shape, num_classes=3)
    frames = shape[1]
    lengths = torch.tensor([frames, (frames + 1) // 2])
    logits = network(torch.randn(2, *shape), lengths)
    functional.cross_entropy(logits, torch.arange(2)).backward()
    assert logits.shape == (2, 3)
    gradients = [p.grad for p in network.parameters()]
    assert all(g is not None and g.isfinite().all() for g in gradients)


@pytest.mark.parametrize(("stride_at", "stride"), [(None, 4), (None, 2), (1, 4)])
@torch.no_grad()
def test_the_default_logits_do_not_depend_on_padding(ready, stride_at, stride):
    network, features = ready("default", stride_at, stride), torch.randn(5, 40, 64)
    lengths = torch.tensor([64, 63, 34, 17, 1])
    padded = functional.pad(features, (0, 21), value=7.0)
    alone = [network(f[None, :, :n]) for f, n in zip(features, lengths, strict=True)]
    torch.testing.assert_close(network(padded, lengths), torch.cat(alone), atol=1e-5, rtol=1e-5)


def test_padding_takes_no_part_in_default_batch_statistics():
    def statistics(features, lengths):
        network = build()
        with torch.no_grad():
            network(features, lengths)
        return [b for name, b in network.named_buffers() if "running" in name]

    features, lengths = torch.randn(2, 40, 64), torch.tensor([64, 64])
    padded = functional.pad(features, (0, 21))
    pairs = zip(statistics(padded, lengths), statistics(features, None), strict=True)
    assert all(torch.allclose(a, b, atol=1e-3, rtol=1e-3) for a, b in pairs)


@torch.no_grad()
def test_the_published_form_reads_padding_as_signal_and_fills_up_to_its_frames(ready):
    network, features = ready("published"), torch.randn(2, 40, 64)
    features[..., 50:] = 0.0
    lengths, full = torch.tensor([50, 50]), torch.tensor([64, 64])
    expected = network(features)
    assert torch.equal(network(features, lengths), expected)
    assert torch.equal(network(features[..., :50], lengths), expected)
    longer = functional.pad(features, (0, 6), value=1.0)
    assert torch.equal(network(longer, full + 6), expected)


def test_default_residuals_start_at_zero_and_published_weights_as_in_keras():
    default, published = build(), build("published")
    assert not any(default.layer3[i].bn3.weight.any() for i in range(6))
    assert published.layer3[0].bn3.weight.eq(1).all()
    assert {(m.eps, m.momentum) for m in published.modules() if hasattr(m, "eps")} == {(1e-3, 0.01)}
    bound = (6 / (64 * 9 + 64 * 9)) ** 0.5
    assert 0.9 * bound < float(published.layer1[0].conv2.weight.detach().abs().max()) <= bound
    deviation = (2 / (64 * 9)) ** 0.5
    assert float(default.layer1[0].conv2.weight.detach().std()) == pytest.approx(
        deviation, rel=0.02
    )


def test_only_published_convolutions_have_biases():
    def biases(network):
        return {m.bias is not None for m in network.modules() if isinstance(m, nn.Conv2d)}

    assert biases(build()) == {False}
    assert biases(build("published")) == {True}


@every_recipe
@torch.no_grad()
def test_the_exported_graph_equals_the_network(ready, recipe):
    network, batch = ready(recipe), (torch.randn(2, 40, 64), torch.tensor([64, 33]))
    graph = torch.export.export(network, batch).module()
    torch.testing.assert_close(graph(*batch), network(*batch))


@every_recipe
@torch.no_grad()
def test_bf16_changes_probabilities_by_a_few_percent_at_most(ready, recipe):
    draw = torch.Generator().manual_seed(1)
    features = torch.randn(2, 40, 256, generator=draw)
    network, batch = ready(recipe), (features, torch.tensor([256, 133]))
    with torch.autocast("cpu", torch.bfloat16):
        low = network(*batch).float()
    torch.testing.assert_close(low.softmax(1), network(*batch).softmax(1), atol=0.03, rtol=0)


def test_convolutions_hold_channels_last_weights(ready):
    kernels = [p for p in ready("default").parameters() if p.ndim == 4]
    assert len(kernels) == 53
    assert all(k.is_contiguous(memory_format=torch.channels_last) for k in kernels)


def test_dropout_drops_before_the_dense_layer():
    seen = []
    network = build(dropout=0.5)
    network.fc.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(torch.randn(2, 40, 256))
    kept = seen[0].ne(0).float().mean()
    assert 0.3 < float(kept) < 0.6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"recipe": "other"}, "recipe='other' is unknown; choose one of default"),
        ({"stride_at": 2}, "stride_at=2 is unknown; choose one of 1, 3"),
        ({"stem_stride": 1}, "stem_stride=1 is unknown; choose one of 2, 4"),
        ({"stride_at": 0, "recipe": "published"}, "stride_at=0 is unknown; choose one of 1, 3"),
        ({"recipe": "published"}, "num_frames=None: the published ResNet50 flattens"),
        ({"recipe": "published", "num_features": 4}, r"num_features=4 is too small .* needs 5"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        ResNet50(4, **{"num_features": 40, **arguments})


def test_features_that_are_no_matrix_are_refused(ready):
    with pytest.raises(ConfigError, match="take features=logmel"):
        ready("default")(torch.zeros(2, 40))
