"""The LSTM has the published size, reads frames and no padding, and finds what is far back."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import LSTMClassifier
from ser.models.blocks.frames import average_frames, reverse


def test_the_published_recipe_has_the_published_parameter_count():
    network = LSTMClassifier(4, 40, recipe="published")
    assert sum(p.numel() for p in network.parameters()) == 64_836


def test_the_published_recipe_classifies_the_state_after_the_padding():
    network = LSTMClassifier(4, 40, recipe="published").eval()
    features, lengths = torch.randn(1, 40, 30), torch.tensor([30])
    padded = functional.pad(features, (0, 20))
    assert torch.equal(network(padded, lengths), network(padded))
    assert not torch.allclose(network(padded, lengths), network(features, lengths), atol=1e-3)


def test_the_published_recipe_reads_every_frame_in_one_direction():
    network = LSTMClassifier(
        4, 40, recipe="published", bidirectional=True, frames_per_step=4
    ).eval()
    first, second = network.onwards
    features = torch.randn(2, 40, 30)
    states, _ = second(first(features.transpose(1, 2))[0])
    torch.testing.assert_close(network(features), network.head(states[:, -1]))


def test_reading_backwards_equals_packed_sequences():
    torch.manual_seed(0)
    network = LSTMClassifier(4, 12, frames_per_step=1, subtract_mean=False).eval()
    packed = nn.LSTM(12, 64, num_layers=2, batch_first=True, bidirectional=True)
    for layer in range(2):
        for suffix, lstm in (("", network.onwards[layer]), ("_reverse", network.backwards[layer])):
            for name, weight in lstm.named_parameters():
                getattr(packed, f"{name[:-1]}{layer}{suffix}").data.copy_(weight.data)
    features, lengths = torch.randn(3, 12, 25), torch.tensor([25, 7, 1])
    features *= (torch.arange(25) < lengths[:, None])[:, None]
    sequence = nn.utils.rnn.pack_padded_sequence(features.transpose(1, 2), lengths, True)
    states, _ = nn.utils.rnn.pad_packed_sequence(packed(sequence)[0], batch_first=True)
    expected = network.head(states.sum(1) / lengths[:, None])
    torch.testing.assert_close(network(features, lengths), expected)


def test_reversal_turns_each_utterance_and_leaves_its_padding_behind():
    states = torch.tensor([[1, 2, 3, 4], [1, 2, 0, 0]])[..., None]
    turned = reverse(states, torch.tensor([4, 2]))
    assert turned[..., 0].tolist() == [[4, 3, 2, 1], [2, 1, 0, 0]]
    assert reverse(states, None)[0, :, 0].tolist() == [4, 3, 2, 1]


def test_a_step_averages_the_frames_that_an_utterance_has():
    features = torch.tensor([[[1.0, 3, 5, 7, 9]], [[1, 3, 8, 0, 0]]])
    steps, lengths = average_frames(features, torch.tensor([5, 3]), 2)
    assert steps[:, 0].tolist() == [[2, 6, 9], [2, 8, 0]]
    assert lengths.tolist() == [3, 2]
    assert torch.equal(average_frames(features[:1], None, 2)[0], steps[:1])


def test_the_default_recipe_learns_what_is_said_two_hundred_frames_before_the_end():
    torch.manual_seed(0)
    target = torch.arange(64) % 4
    train, test = torch.randn(2, 64, 10, 200)
    for features in (train, test):
        features[torch.arange(64), target, :20] += 2  # one band is louder in the first tenth
    network = LSTMClassifier(4, 10)
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(20):
        optimizer.zero_grad()
        functional.cross_entropy(network(train), target).backward()
        optimizer.step()
    assert float((network.eval()(test).argmax(1) == target).float().mean()) > 0.9


def test_one_direction_halves_what_the_head_reads():
    assert LSTMClassifier(4, 40, bidirectional=False).head[0].in_features == 64
    assert LSTMClassifier(4, 40).head[0].in_features == 128


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"recipe": "other"}, "recipe='other' is unknown; choose one of default, published"),
        ({"frames_per_step": 0}, "frames_per_step=0 must lie between 1"),
        ({"frames_per_step": 10**9}, "must lie between 1, .* and 1000"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        LSTMClassifier(4, 40, **arguments)


def test_vectors_are_refused_with_what_to_take():
    with pytest.raises(ConfigError, match=r"are not a matrix of frames.*take features=logmel"):
        LSTMClassifier(4, 40)(torch.randn(2, 40))


@pytest.mark.parametrize("lengths", [None, [5, 1, 3]])
def test_the_gradient_of_a_reversal_is_its_reversal(lengths):
    lengths = None if lengths is None else torch.tensor(lengths)
    states = torch.randn(3, 5, 2, requires_grad=True)
    weight = torch.randn(3, 5, 2)
    (gradient,) = torch.autograd.grad((reverse(states, lengths) * weight).sum(), states)
    assert torch.equal(gradient, reverse(weight, lengths))
    assert torch.equal(reverse(reverse(states, lengths), lengths), states)
