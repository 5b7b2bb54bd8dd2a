"""The 1D CNN has the published size, takes any shape, learns, and survives a checkpoint."""

import pytest
import torch
from pytorch_lightning import Trainer
from torch.nn import functional

from ser.models import CNN1D, keras


def keras_count(network: CNN1D) -> int:
    """Parameters as Keras counts them: the averages of batch normalisation too."""
    averages = [b for name, b in network.named_buffers() if "running" in name]
    return sum(t.numel() for t in (*network.parameters(), *averages))


@pytest.mark.parametrize(
    ("form", "num_features", "num_classes", "published"),
    [("iemocap", 161, 4, 1_843_588), ("emodb", 155, 7, 1_991_495)],
)
def test_the_parameter_count_is_the_published_one(form, num_features, num_classes, published):
    assert keras_count(CNN1D(num_classes, num_features, form=form)) == published


@pytest.mark.parametrize("form", ["iemocap", "emodb"])
@pytest.mark.parametrize("num_features", [135, 310, 401])
def test_any_vector_length_goes_forward_and_backward(form, num_features):
    network = CNN1D(3, num_features, form=form)
    logits = network(torch.randn(2, num_features))
    logits.sum().backward()
    assert logits.shape == (2, 3)
    assert all(p.grad is not None for p in network.parameters())


def test_it_learns_sixteen_utterances_by_heart():
    torch.manual_seed(0)
    network = CNN1D(4, 155, dropout=0.0, penalty_weight=0.0)
    features, target = torch.randn(16, 155), torch.arange(16) % 4
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    for _ in range(40):
        optimizer.zero_grad()
        functional.cross_entropy(network(features), target).backward()
        optimizer.step()
    assert (network.eval()(features).argmax(1) == target).all()


def test_a_checkpoint_gives_equal_logits_and_runs_no_code(tmp_path):
    network = CNN1D(4, 155, form="emodb").eval()
    network.labels, network.feature_mean[:] = list("abcd"), 3.0
    trainer = Trainer(logger=False, enable_checkpointing=False, accelerator="cpu")
    trainer.strategy.connect(network)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    again = CNN1D.load_from_checkpoint(tmp_path / "a.ckpt", weights_only=True).eval()
    features = torch.randn(2, 155)
    assert torch.equal(again(features), network(features))
    assert again.labels == list("abcd")
    assert again.hparams["form"] == "emodb"


def test_bf16_autocast_changes_probabilities_by_a_few_percent_at_most():
    torch.manual_seed(0)
    network, features = CNN1D(4, 155).eval(), torch.randn(8, 155)
    with torch.autocast("cpu", torch.bfloat16):
        low = network(features).float()
    torch.testing.assert_close(low.softmax(1), network(features).softmax(1), atol=0.03, rtol=0)


def test_the_exported_graph_equals_the_network():
    network, features = CNN1D(4, 155).eval(), torch.randn(2, 155)
    graph = torch.export.export(network, (features,)).module()
    torch.testing.assert_close(graph(features), network(features))


def test_the_penalty_is_the_keras_l2_of_the_second_convolution():
    network = CNN1D(4, 161)
    kernel, bias = (
        next(p for p in network.parameters() if p.shape == shape)
        for shape in [(256, 256, 8), (256,)]
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        kernel.fill_(0.5)
    assert bias.sum() == 0
    assert float(network.penalty()) == pytest.approx(0.01 * 0.25 * 256 * 256 * 8)


def test_the_published_recipe_averages_batch_statistics_as_keras_does():
    published = [m for m in CNN1D(4, 161, recipe="published").modules() if hasattr(m, "eps")]
    assert {(m.eps, m.momentum) for m in published} == {(1e-3, 0.01)}


def test_glorot_weights_stay_within_their_bound():
    layer = torch.nn.Conv1d(8, 16, 4)
    keras.initialise(layer)
    bound = (6 / (8 * 4 + 16 * 4)) ** 0.5
    assert 0.8 * bound < float(layer.weight.detach().abs().max()) <= bound
    assert float(layer.bias.detach().abs().max()) == 0


def test_the_forget_gate_of_an_lstm_starts_open():
    layer = torch.nn.LSTM(3, 5)
    keras.initialise(layer)
    biases = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().chunk(4)
    assert [float(gate.unique()) for gate in biases] == [0, 1, 0, 0]


@pytest.mark.parametrize(
    "arguments", [{"form": "other"}, {"recipe": "other"}, {"schedule": "other"}]
)
def test_an_unknown_choice_is_refused_by_name(arguments):
    with pytest.raises(ValueError, match="'other' is unknown; choose"):
        CNN1D(4, 161, **arguments)


def test_a_vector_too_short_for_the_poolings_is_refused():
    with pytest.raises(ValueError, match="num_features=100 is too short"):
        CNN1D(4, 100)
