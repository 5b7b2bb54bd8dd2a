"""Old checkpoints load, new ones name their class, and none is believed."""

import json
import lzma
from enum import Enum, IntEnum
from pathlib import Path
from types import NoneType

import numpy as np
import pytest
import torch
from pytorch_lightning import Trainer
from torch import nn

from ser.errors import ConfigError, RunError
from ser.models import (
    CNN,
    CNN2D,
    CNN2DLSTM,
    MLP,
    EmotionClassifier,
    LSTMClassifier,
    ResNet,
    ResNet50,
    build_from_checkpoint,
    network_class,
    published,
    register,
)
from ser.models.registry import NETWORKS

OLD = Path(__file__).with_name("checkpoints")
LOGITS = json.loads((OLD / "logits.json").read_text())
WITH_STEMS = {CNN2D: 1, CNN2DLSTM: 1, ResNet: 1, ResNet50: 2}  # strides of before


def written(network, path):
    """Save a network as Lightning does, and read the file as ``ser.load`` does."""
    trainer = Trainer(logger=False, enable_checkpointing=False, accelerator="cpu")
    trainer.strategy.connect(network)
    trainer.save_checkpoint(path / "a.ckpt", weights_only=True)
    return torch.load(path / "a.ckpt", weights_only=True)


@pytest.fixture
def content(tmp_path):
    """The checkpoint of a small network."""
    return written(LSTMClassifier(3, 12, hidden_size=4), tmp_path)


@pytest.fixture
def forget():
    """Forget the networks that a test registers."""
    before = dict(NETWORKS)
    yield
    NETWORKS.clear()
    NETWORKS.update(before)


@pytest.mark.parametrize("name", LOGITS)
@torch.no_grad()
def test_a_checkpoint_from_before_the_forms_were_parted_says_what_it_said(name):
    with lzma.open(OLD / f"{name}.ckpt.xz") as file:
        old = torch.load(file, weights_only=True)
    network = build_from_checkpoint(old).eval()
    assert ("published" in name) == isinstance(network, published.form.PublishedForm)
    assert network.labels == ["anger", "joy", "sadness"]
    assert network.front_end == old["ser"]["front_end"]
    frames = {"resnet": [25], "resnet_published": [25]}.get(name, [20])
    shape = (network.num_features, *([] if "cnn1d" in name else frames))
    features = torch.linspace(-2, 2, 2 * torch.Size(shape).numel()).sin().view(2, *shape)
    torch.testing.assert_close(network(features), torch.tensor(LOGITS[name]), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("kind", "subtracted"),
    [(CNN, True), *((kind, False) for kind in (LSTMClassifier, *WITH_STEMS))],
)
def test_a_checkpoint_from_before_means_were_a_choice_subtracts_what_it_did(
    kind, subtracted, tmp_path
):
    saved = written(kind(3, 12), tmp_path)
    assert build_from_checkpoint(saved).subtract_mean == "both"
    del saved["hyper_parameters"]["subtract_mean"]
    assert build_from_checkpoint(saved).subtract_mean is subtracted


@pytest.mark.parametrize(("kind", "stride"), WITH_STEMS.items())
@torch.no_grad()
def test_a_checkpoint_from_before_strides_were_a_choice_has_that_of_then(kind, stride, tmp_path):
    features, network = torch.randn(2, 12, 40), kind(3, 12, stem_stride=stride).eval()
    saved = written(network, tmp_path)
    del saved["hyper_parameters"]["stem_stride"]
    found = build_from_checkpoint(saved).eval()
    torch.testing.assert_close(found(features), network(features))


@pytest.mark.parametrize("kind", [LSTMClassifier, published.LSTMClassifier])
def test_a_checkpoint_names_its_class_and_gives_the_network_back(kind, tmp_path):
    network = kind(3, 12, hidden_size=4)
    network.labels, network.front_end = list("abc"), {"kind": "MFCC"}
    network.feature_mean[:] = 0.5
    saved = written(network, tmp_path)
    again = build_from_checkpoint(saved)
    assert network_class(saved["ser"]["network"]) is kind is type(again)
    assert (again.labels, again.front_end) == (list("abc"), {"kind": "MFCC"})
    assert all(map(torch.equal, again.state_dict().values(), network.state_dict().values()))


def test_the_published_class_is_named_as_such(tmp_path):
    saved = written(LSTMClassifier(3, 12, hidden_size=4, recipe="published"), tmp_path)
    assert saved["ser"]["network"] == "published.LSTMClassifier"


def test_numbers_of_numpy_and_torch_are_saved_as_pythons_own(tmp_path):
    network = LSTMClassifier(
        np.int64(3),
        12,
        frames_per_step=np.int64(2),
        dropout=np.float32(0.5),
        learning_rate=torch.tensor(0.25),
        schedule=np.str_("constant"),
    )
    network.labels, network.front_end = np.array(["a", "b", "c"]), {"hop": np.float64(0.01)}
    again = build_from_checkpoint(written(network, tmp_path))
    assert again.hparams["learning_rate"] == again.learning_rate == 0.25
    assert again.front_end == {"hop": 0.01}
    assert {type(value) for value in again.hparams.values()} <= {int, float, str, bool, NoneType}


class Size(IntEnum):
    SMALL = 4


class Word(str, Enum):
    CONSTANT = "constant"


def test_members_of_enumerations_and_paths_are_saved_as_plain_values(tmp_path):
    network = LSTMClassifier(3, 12, hidden_size=Size.SMALL, schedule=Word.CONSTANT)
    network.origin = {"corpus": Path("emodb"), "kind": Word.CONSTANT}
    again = build_from_checkpoint(written(network, tmp_path))
    assert (again.hparams["hidden_size"], again.hparams["schedule"]) == (4, "constant")
    assert again.origin == {"corpus": "emodb", "kind": "constant"}


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (LSTMClassifier, {"hidden_size": np.int64(4), "bidirectional": np.bool_(True)}),
        (LSTMClassifier, {"hidden_size": torch.tensor(4), "frames_per_step": np.array(2)}),
        (MLP, {"hidden_size": torch.tensor(4), "input_dropout": np.float16(0.5)}),
    ],
)
def test_layers_are_built_of_numbers_of_numpy_and_torch(kind, settings, tmp_path):
    network = kind(3, 12, schedule="constant", **settings)
    again = build_from_checkpoint(written(network, tmp_path))
    assert dict(again.hparams) == dict(network.hparams)


def test_settings_of_the_optimiser_are_pythons_own():
    network = LSTMClassifier(3, 12, learning_rate=np.float64(0.1), schedule="constant")
    group = network.configure_optimizers().param_groups[0]
    assert {type(group[key]) for key in ("lr", "eps", "weight_decay")} == {float}


@pytest.mark.parametrize("key", ["hidden_size", "num_classes", "num_features"])
def test_a_size_that_the_weights_do_not_have_is_refused_before_it_takes_memory(content, key):
    content["hyper_parameters"][key] = 10**9
    with pytest.raises(RunError, match=r"1000000000|weights do not fit the LSTMClassifier"):
        build_from_checkpoint(content)


def test_a_weight_that_claims_more_numbers_than_it_holds_is_refused(content):
    content["state_dict"]["head.0.weight"] = torch.zeros(1).expand(10**9)
    with pytest.raises(RunError, match="does not hold its weights in full"):
        build_from_checkpoint(content)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"_instantiator": "os.system"}, "sets '_instantiator', which LSTMClassifier does not"),
        ({"hidden_size": {"a": 1}}, "sets hidden_size to a dict; only numbers"),
        ({"hidden_size": [[4]]}, "sets hidden_size to a list; only numbers"),
        ({"hidden_size": -4}, "settings do not build a LSTMClassifier"),
        ({"dropout": float("nan")}, r"sets dropout to a float; only numbers \(not nan\)"),
        ({"dropout": "much"}, "settings do not build a LSTMClassifier"),
        ({"hidden_size": 5}, r"fit .*: onwards\.0\.weight_ih_l0 is \(16, 12\), and should be \(20"),
        ({"bidirectional": False}, r"weights do not fit the LSTMClassifier .*\(16, 4\)"),
        ({"num_classes": 4}, "says num_classes=4, and holds labels and weights for 3"),
    ],
)
def test_settings_that_are_not_those_of_the_network_are_refused(content, settings, message):
    content["hyper_parameters"].update(settings)
    with pytest.raises(RunError, match=message):
        build_from_checkpoint(content)


def test_a_choice_that_there_is_not_is_refused(content):
    content["hyper_parameters"]["schedule"] = "other"
    with pytest.raises(ConfigError, match="schedule='other' is unknown"):
        build_from_checkpoint(content)


@pytest.mark.parametrize(
    "damage",
    [
        {"ser": None},
        {"ser": {"network": "CNN1D"}},
        {"ser": {"network": "CNN1D", "labels": [1, 2], "front_end": None}},
        {"ser": {"network": ["CNN1D"], "labels": ["a"], "front_end": None}},
        {"state_dict": None},
        {"state_dict": {"head.0.weight": 3}},
        {"hyper_parameters": [1]},
    ],
)
def test_a_damaged_checkpoint_ends_with_one_sentence(content, damage):
    with pytest.raises(RunError):
        build_from_checkpoint(content | damage)


@pytest.mark.parametrize("said", [3, {"": {"fitted_to": 3}}, {"": {"fitted_to": {7}}}])
def test_what_a_file_says_beside_its_weights_is_not_asked(content, said):
    content["state_dict"]._metadata = said
    assert build_from_checkpoint(content).fitted_to == set()


def test_weights_that_are_missing_or_too_many_are_named(content):
    bias = content["state_dict"].pop("head.3.bias")
    with pytest.raises(RunError, match=r"head\.3\.bias is absent, and should be \(3,\)"):
        build_from_checkpoint(content)
    content["state_dict"] |= {"head.3.bias": bias, "head.9.bias": bias}
    with pytest.raises(RunError, match=r"head\.9\.bias is \(3,\), and should be absent"):
        build_from_checkpoint(content)


class Own(EmotionClassifier):
    """A network of somebody else's package."""

    def __init__(self, num_classes, num_features, *, widths=(3,), **optimisation):
        super().__init__(num_classes, num_features, **optimisation)
        sizes = [num_features, *widths, num_classes]
        self.layers = nn.Sequential(*map(nn.Linear, sizes[:-1], sizes[1:]))

    def forward(self, features, lengths=None):
        return self.layers(features)


class Computed(Own):
    """A network whose constructor looks at numbers, which PyTorch's meta device has none of."""

    def __init__(self, num_classes, num_features, **arguments):
        super().__init__(num_classes, num_features, **arguments)
        if (torch.ones(3).sum() == 0).any():
            raise ValueError


@pytest.mark.usefixtures("forget")
@pytest.mark.parametrize("kind", [Own, Computed])
def test_a_network_of_another_package_loads_once_it_is_passed_or_registered(kind, tmp_path):
    network = kind(3, 12, widths=[4, 5])
    saved = written(network, tmp_path)
    assert saved["ser"]["network"] == f"{__name__}.{kind.__name__}"
    again = build_from_checkpoint(saved, kind)
    assert type(again) is kind
    assert torch.equal(again.layers[1].weight, network.layers[1].weight)
    with pytest.raises(RunError, match=r"neither a network .*ser\.register\("):
        build_from_checkpoint(saved)
    assert register(kind) is kind
    assert type(build_from_checkpoint(saved)) is kind


def test_an_unknown_network_is_refused_with_the_one_that_was_meant():
    with pytest.raises(RunError, match=r"'CNN1DLTSM' is neither .*\(did you mean 'CNN1DLSTM'\?\)"):
        network_class("CNN1DLTSM")


def test_nothing_is_imported_because_a_checkpoint_says_so(content):
    content["ser"]["network"] = "antigravity.Network"
    with pytest.raises(RunError, match=r"ser\.load\(path, network=Network\)"):
        build_from_checkpoint(content)
