"""The 1D CNN has the published size, in both of its forms."""

import pytest
import torch

from ser.errors import ConfigError
from ser.models import CNN1D, published
from ser.models.blocks import keras


def keras_count(network: CNN1D) -> int:
    """Parameters as Keras counts them: the averages of batch normalisation too."""
    averages = [b for name, b in network.named_buffers() if "running" in name]
    return sum(t.numel() for t in (*network.parameters(), *averages))


@pytest.mark.parametrize(
    ("form", "num_features", "num_classes", "count"),
    [("shallow", 161, 4, 1_843_588), ("deep", 155, 7, 1_991_495)],
)
def test_the_parameter_count_is_the_published_one(form, num_features, num_classes, count):
    for kind in (CNN1D, published.CNN1D):
        assert keras_count(kind(num_classes, num_features, form=form)) == count


@pytest.mark.parametrize(("former", "form"), [("iemocap", "shallow"), ("emodb", "deep")])
def test_the_former_name_of_a_form_builds_the_same_layers(former, form):
    assert str(CNN1D(4, 161, form=former)) == str(CNN1D(4, 161, form=form))


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
    assert float(network.penalty().detach()) == pytest.approx(0.01 * 0.25 * 256 * 256 * 8)


def test_the_published_form_averages_batch_statistics_as_keras_does():
    norms = [m for m in published.CNN1D(4, 161).modules() if hasattr(m, "eps")]
    assert {(m.eps, m.momentum) for m in norms} == {(1e-3, 0.01)}


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


@pytest.mark.parametrize(("form", "shortest"), [("shallow", 32), ("deep", 135)])
def test_the_shortest_vector_goes_through_and_a_shorter_one_is_refused(form, shortest):
    for kind in (CNN1D, published.CNN1D):
        assert kind(4, shortest, form=form).eval()(torch.randn(2, shortest)).shape == (2, 4)
        with pytest.raises(ConfigError, match=f"num_features={shortest - 1} is too short"):
            kind(4, shortest - 1, form=form)


def test_frames_are_refused_with_what_to_take():
    with pytest.raises(ConfigError, match=r"are not vectors.*take features=statistics"):
        CNN1D(4, 161)(torch.randn(2, 161, 9))
