"""What every network of ``conf/model`` keeps to, in both recipes."""

from functools import cache

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.utils import get_class, instantiate
from model_files import FILES
from omegaconf import OmegaConf
from pytorch_lightning import Trainer
from torch import nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models.arguments import constructor_arguments
from ser.models.blocks.bottleneck import Bottleneck
from ser.models.registry import NETWORKS, name_of
from ser.runs.configuration import config_folder

NAMES = [path.stem for path in FILES]
FORMS = ["cnn1d model.form=deep", "cnn1d_lstm model.form=deep"]
VECTOR = (155,)
MATRIX = (24, 20)  # coefficients, frames: few, since a step of a 2-D network takes long
ODD = {VECTOR: (135,), MATRIX: (37, 19)}


@cache
def settings(words):
    """Settings of a choice such as ``cnn1d model.form=emodb``, and the shape of its features."""
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", f"model={words}".split())
    sequence = instantiate(cfg.features).sequence
    return OmegaConf.to_container(cfg.model), MATRIX if sequence else VECTOR


def recipes(names):
    """Pair names with the recipes that each has; a network of our own has no published one."""
    for name in names:
        kind = get_class(settings(name)[0]["_target_"])
        published = f"published.{name_of(kind)}" in NETWORKS
        yield from ((name, recipe) for recipe in ("default", "published")[: 1 + published])


every_network = pytest.mark.parametrize("name", [*NAMES, *FORMS])
every_recipe = pytest.mark.parametrize(("name", "recipe"), [*recipes([*NAMES, *FORMS])])


def build(name, recipe, shape=None, num_classes=4, **changes):
    """Build a network from its file, with seeded weights, for features of a shape."""
    arguments, usual = settings(name)
    kind = get_class(arguments["_target_"])
    num_features, *frames = shape or usual
    changes |= {"recipe": recipe, "num_frames": frames[0] if frames else 1}
    known = {key: changes[key] for key in changes if key in constructor_arguments(kind)}
    torch.manual_seed(0)
    arguments = {key: value for key, value in arguments.items() if key != "_target_"} | known
    return kind(num_classes, num_features, **arguments)


def batch_for(name, size, shape=None, seed=1):
    """Draw features, and lengths from all frames down to half of them."""
    shape = shape or settings(name)[1]
    features = torch.randn(size, *shape, generator=torch.Generator().manual_seed(seed))
    frames = shape[1] if len(shape) > 1 else 1
    return features, torch.linspace(frames, (frames + 1) // 2, size).long()


@torch.no_grad()
def ready(name, recipe):
    """Build a network for evaluation, with the batch statistics of some random batch."""
    network = build(name, recipe)
    for layer in network.modules():
        if isinstance(layer, Bottleneck):  # of fifty layers, full residuals blow up any rounding
            torch.nn.init.uniform_(layer.bn3.weight, 0.1, 0.3)
        if hasattr(layer, "momentum"):
            layer.momentum = 1.0
            if not layer.weight.any():  # a residual that starts at 0 would test nothing
                torch.nn.init.uniform_(layer.weight, 0.1, 0.3)
    network(*batch_for(name, 24, seed=2))  # of which one position each may be left
    return network.eval()


@every_recipe
@pytest.mark.parametrize("odd", [False, True], ids=["even", "odd"])
def test_any_size_goes_forward_and_backward_through_every_weight(name, recipe, odd):
    shape = ODD[settings(name)[1]] if odd else settings(name)[1]
    network = build(name, recipe, shape, num_classes=3)
    logits = network(*batch_for(name, 3, shape))
    functional.cross_entropy(logits, torch.arange(3)).backward()
    assert logits.shape == (3, 3)
    assert logits.isfinite().all()
    learnt = [p for p in network.parameters() if p.requires_grad]
    assert all(p.grad is not None and p.grad.isfinite().all() for p in learnt)


@every_recipe
def test_it_learns_sixteen_utterances_by_heart(name, recipe):
    network = build(name, recipe, dropout=0.0)
    batch, target = batch_for(name, 16), torch.arange(16) % 4
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    for _ in range(100):
        logits = network(*batch)
        if (logits.argmax(1) == target).all():
            return
        optimizer.zero_grad()
        functional.cross_entropy(logits, target).backward()
        optimizer.step()
    pytest.fail("still wrong after 100 steps")


@every_recipe
def test_a_checkpoint_gives_the_network_back_and_runs_no_code(name, recipe, tmp_path):
    network, batch = ready(name, recipe), batch_for(name, 2)
    network.labels, network.feature_mean[:], network.feature_std[:] = list("abcd"), 0.5, 2.0
    trainer = Trainer(logger=False, enable_checkpointing=False, accelerator="cpu")
    trainer.strategy.connect(network)
    trainer.save_checkpoint(tmp_path / "a.ckpt", weights_only=True)
    again = type(network).load_from_checkpoint(tmp_path / "a.ckpt", weights_only=True).eval()
    assert torch.equal(again(*batch), network(*batch))
    assert again.labels == list("abcd")
    assert again.hparams["recipe"] == recipe
    assert torch.equal(again.feature_mean, network.feature_mean)
    assert torch.equal(again.feature_std, network.feature_std)


@pytest.fixture
def one_thread():
    """Kernels of one thread, since how bf16 sums are rounded depends on their number."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@every_recipe
@pytest.mark.usefixtures("one_thread")
@torch.no_grad()
def test_bf16_autocast_changes_probabilities_by_a_few_percent_at_most(name, recipe):
    network, batch = ready(name, recipe), batch_for(name, 4)
    with torch.autocast("cpu", torch.bfloat16):
        low = network(*batch).float()
    torch.testing.assert_close(low.softmax(1), network(*batch).softmax(1), atol=0.03, rtol=0)


@every_recipe
@pytest.mark.filterwarnings("ignore:The tensor attributes .*_flat_weights")
@torch.no_grad()
def test_the_exported_graph_equals_the_network(name, recipe):
    network, batch = ready(name, recipe), batch_for(name, 2)
    graph = torch.export.export(network, batch).module()
    torch.testing.assert_close(graph(*batch), network(*batch))


@pytest.mark.parametrize(("name", "recipe"), [*recipes(NAMES)])  # forms are the same layers
@torch.no_grad()
def test_the_compiled_network_equals_the_network(name, recipe):
    torch.compiler.reset()  # or the networks before this one use up the recompilations
    network, batch, graphs = ready(name, recipe), batch_for(name, 2), []

    def keep(graph, _):  # a backend that needs no C++ compiler
        graphs.append(graph)
        return graph

    compiled = torch.compile(network, backend=keep)
    torch.testing.assert_close(compiled(*batch), network(*batch))
    assert graphs


@every_network
def test_convolutions_over_a_matrix_hold_channels_last_weights(name):
    kernels = [m.weight for m in build(name, "default").modules() if isinstance(m, nn.Conv2d)]
    assert all(k.is_contiguous(memory_format=torch.channels_last) for k in kernels)


@pytest.mark.parametrize("name", [name for name in NAMES if settings(name)[1] == MATRIX])
@torch.no_grad()
def test_logits_do_not_depend_on_padding(name):
    network = ready(name, "default")
    features, _ = batch_for(name, 4)
    lengths = torch.tensor([20, 19, 11, 3])
    padded = functional.pad(features, (0, 13))
    alone = [network(f[None, :, :n], n[None]) for f, n in zip(features, lengths, strict=True)]
    torch.testing.assert_close(network(padded, lengths), torch.cat(alone), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(network(features[:1]), alone[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", [name for name in NAMES if settings(name)[1] == MATRIX])
@torch.no_grad()
def test_without_the_mean_what_is_added_to_every_frame_changes_no_answer(name):
    network = ready(name, "default")
    network.feature_std.uniform_(0.5, 2)
    features, lengths = batch_for(name, 4)
    coloured = features + torch.linspace(-3, 3, MATRIX[0])[:, None]
    plain = network(features, lengths)
    assert not torch.allclose(network(coloured, lengths), plain, atol=1e-2)
    network.subtract_mean = True
    plain = network(features, lengths)
    torch.testing.assert_close(network(coloured, lengths), plain, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("name", [name for name in NAMES if settings(name)[1] == MATRIX])
@torch.no_grad()
def test_with_both_an_answer_is_the_mean_of_those_with_and_without_means(name):
    network, answers = ready(name, "default"), {}
    features, lengths = batch_for(name, 4)
    for subtracted in (False, True, "both"):
        network.subtract_mean = subtracted
        answers[subtracted] = network(features, lengths).softmax(1)
    mean = (answers[False] + answers[True]) / 2
    torch.testing.assert_close(answers["both"], mean, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(answers[False], answers[True], atol=1e-3)


@pytest.mark.parametrize("name", [name for name in NAMES if settings(name)[1] == MATRIX])
@torch.no_grad()
def test_with_both_half_of_the_utterances_are_trained_on_without_means(name):
    network, shown = build(name, "default", subtract_mean="both"), []
    network.register_forward_pre_hook(lambda _, inputs: shown.append(inputs[0]))
    features, lengths = batch_for(name, 4)
    plain = features * (torch.arange(features.shape[2]) < lengths[:, None])[:, None]
    own = zip(features, lengths, strict=True)
    bare = [f[:, :n] - f[:, :n].mean(1, keepdim=True) for f, n in own]
    torch.manual_seed(0)
    for _ in range(25):
        logits = network(features, lengths)
    assert logits.shape == (4, network.num_classes)
    whole = [[torch.equal(s, p) for s, p in zip(batch, plain, strict=True)] for batch in shown]
    assert 35 <= sum(map(sum, whole)) <= 65  # of 100
    for batch, kept in zip(shown, whole, strict=True):
        for i in (i for i, is_plain in enumerate(kept) if not is_plain):
            torch.testing.assert_close(batch[i, :, : lengths[i]], bare[i])
            assert not batch[i, :, lengths[i] :].any()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_subtracted_is_one_of_three(name):
    with pytest.raises(ConfigError, match="subtract_mean='twice' is unknown; choose one of False"):
        build(name, "default", subtract_mean="twice")


@pytest.mark.parametrize("name", [name for name in NAMES if settings(name)[1] == VECTOR])
def test_a_vector_has_no_mean_over_frames(name):
    with pytest.raises(ConfigError, match=r"subtract_mean=True does not fit .*; leave it out"):
        build(name, "default", subtract_mean=True)
