"""The 1D CNN-LSTM has the published size, and reads a vector along its numbers."""

import pytest
import torch
from torch import nn

from ser.errors import ConfigError
from ser.models import CNN1D, CNN1DLSTM, published


def keras_count(network):
    """Parameters that are trained, and the averages of batch normalisation."""
    averages = [b for name, b in network.named_buffers() if "running" in name]
    trained = [p for p in network.parameters() if p.requires_grad]
    return sum(t.numel() for t in (*trained, *averages))


@pytest.mark.parametrize(
    ("form", "num_features", "num_classes", "count"),
    [("shallow", 161, 4, 866_244), ("deep", 155, 7, 3_230_535)],
)
def test_the_parameter_count_is_the_published_one(form, num_features, num_classes, count):
    for kind in (CNN1DLSTM, published.CNN1DLSTM):
        assert keras_count(kind(num_classes, num_features, form=form)) == count


@pytest.mark.parametrize(("former", "form"), [("iemocap", "shallow"), ("emodb", "deep")])
def test_the_former_name_of_a_form_builds_the_same_layers(former, form):
    assert str(CNN1DLSTM(4, 161, form=former)) == str(CNN1DLSTM(4, 161, form=form))


def test_the_deep_form_starts_with_the_convolutions_of_the_1d_cnn():
    stacks = [kind(7, 155, form="deep").convolutions for kind in (CNN1D, CNN1DLSTM)]
    assert str(stacks[0]) == str(stacks[1])


@pytest.mark.parametrize(
    ("form", "num_features", "positions"),
    [("shallow", 161, 40), ("deep", 155, 1), ("deep", 300, 2)],
)
def test_the_lstm_steps_along_the_numbers_of_the_vector(form, num_features, positions):
    network, seen = CNN1DLSTM(4, num_features, form=form).eval(), []
    network.lstm.register_forward_hook(lambda _, inputs, output: seen.append(inputs[0]))
    network(torch.randn(2, num_features))
    assert seen[0].shape[:2] == (2, positions)


def test_the_shallow_form_has_no_penalty():
    assert CNN1DLSTM(4, 161).penalty() == 0


def test_the_penalty_of_the_deep_form_is_the_keras_l2_of_the_second_convolution():
    network = CNN1DLSTM(7, 155, form="deep")
    second = [m for m in network.modules() if isinstance(m, nn.Conv1d)][1]
    with torch.no_grad():
        second.weight.fill_(0.5)
        second.bias.fill_(2.0)
    expected = 0.01 * (0.25 * 256 * 256 * 8 + 4 * 256)
    assert float(network.penalty().detach()) == pytest.approx(expected)


@pytest.mark.parametrize("form", ["shallow", "deep"])
def test_the_published_form_averages_batch_statistics_as_keras_does(form):
    network = published.CNN1DLSTM(4, 161, form=form)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d)]
    assert {(m.eps, m.momentum) for m in norms} == {(1e-3, 0.01)}


@pytest.mark.parametrize("arguments", [{"form": "other"}, {"recipe": "other"}])
def test_an_unknown_choice_is_refused_by_name(arguments):
    with pytest.raises(ConfigError, match="'other' is unknown; choose"):
        CNN1DLSTM(4, 161, **arguments)


@pytest.mark.parametrize(("form", "shortest"), [("shallow", 4), ("deep", 135)])
def test_the_shortest_vector_goes_through_and_a_shorter_one_is_refused(form, shortest):
    assert CNN1DLSTM(4, shortest, form=form).eval()(torch.randn(2, shortest)).shape == (2, 4)
    with pytest.raises(ConfigError, match=f"num_features={shortest - 1} is too short"):
        CNN1DLSTM(4, shortest - 1, form=form)


def test_frames_are_refused_with_what_to_take():
    with pytest.raises(ConfigError, match=r"are not vectors.*take features=statistics"):
        CNN1DLSTM(4, 161)(torch.randn(2, 161, 9))
