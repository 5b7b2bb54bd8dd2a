"""A recipe chooses between two classes of one name, which take the same arguments."""

import copy

import pytest
import torch

import ser.models
from ser.errors import ConfigError
from ser.models import EmotionClassifier, published
from ser.models.arguments import constructor_arguments

NAMES = published.__all__
every_name = pytest.mark.parametrize("name", NAMES)


def both(name):
    return getattr(ser.models, name), getattr(published, name)


@every_name
def test_the_two_forms_take_the_same_arguments_with_the_same_defaults(name):
    default, frozen = map(constructor_arguments, both(name))
    recipes = default.pop("recipe").default, frozen.pop("recipe").default
    assert recipes == ("default", "published")
    assert {key: p.default for key, p in default.items()} == {
        key: p.default for key, p in frozen.items()
    }


@every_name
def test_the_recipe_builds_the_published_class_with_the_same_weights(name):
    default, frozen = both(name)
    shape = {"num_classes": 3, "num_features": 140, "num_frames": 9}
    sizes = {key: shape[key] for key in constructor_arguments(default).keys() & shape.keys()}
    torch.manual_seed(0)
    ours = default(**sizes, recipe="published")
    torch.manual_seed(0)
    theirs = frozen(**sizes)
    assert type(ours) is frozen
    assert ours.hparams == theirs.hparams
    assert ours.hparams["recipe"] == "published"
    assert all(map(torch.equal, ours.state_dict().values(), theirs.state_dict().values()))
    assert type(default(**sizes)) is type(default(**sizes, recipe="default")) is default


def test_a_datamodule_and_a_recipe_build_the_published_form():
    class Data:
        num_classes, num_features, num_frames = 3, 12, 7

    network = ser.models.ResNet50.for_data(Data, recipe="published")
    assert type(network) is published.ResNet50
    assert network.num_frames == 7


def test_positional_arguments_reach_the_published_form():
    network = ser.models.LSTMClassifier(3, 12, recipe="published", hidden_size=5)
    assert (network.num_classes, network.num_features) == (3, 12)
    assert network.hparams["hidden_size"] == 5


def test_the_published_class_refuses_to_be_another_form():
    with pytest.raises(ConfigError, match=r"'default' does not fit published\.CNN2D, .* leave rec"):
        published.CNN2D(4, 13, recipe="default")


class Own(EmotionClassifier):
    """A network of somebody else's, which has the name of none of ours."""


class LSTMClassifier(ser.models.LSTMClassifier):
    """A network of somebody else's, which has the name of one of ours."""


@pytest.mark.parametrize("kind", [Own, LSTMClassifier])
def test_a_network_without_a_published_form_says_so(kind):
    assert type(kind(4, 13)) is kind
    with pytest.raises(ConfigError, match=r"does not fit .*, which has one form alone"):
        kind(4, 13, recipe="published")


def test_a_mistyped_recipe_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ConfigError, match=r"did you mean 'published'\?"):
        ser.models.CNN1D(4, 161, recipe="publshed")


def test_a_network_can_be_copied():
    network = published.LSTMClassifier(3, 12, hidden_size=4)
    again = copy.deepcopy(network)
    assert type(again) is published.LSTMClassifier
    assert torch.equal(again.head[0].weight, network.head[0].weight)
