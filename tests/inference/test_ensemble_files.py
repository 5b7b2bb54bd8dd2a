"""A model file of several networks: what it predicts, and what is refused."""

import numpy as np
import pytest
import torch
from hostile import WAVEFORM, ensemble_content

import ser
from ser.errors import RunError
from ser.models import MLP, build_from_checkpoint
from ser.models.ensemble import build_ensemble
from ser.models.seal import sealed


def member(content, number):
    single = {key: part for key, part in content["ser"].items() if key != "members"}
    state = {name: weight[number] for name, weight in content["state_dict"].items()}
    return build_from_checkpoint({**content, "ser": single, "state_dict": state}).eval()


@torch.no_grad()
def test_its_probabilities_are_the_mean_of_those_of_its_networks():
    content, features = ensemble_content(), torch.randn(5, 4)
    ensemble = build_ensemble(content).eval()
    expected = [member(content, number).probabilities(features) for number in range(2)]
    assert not torch.allclose(*expected)
    torch.testing.assert_close(ensemble.probabilities(features), sum(expected) / 2)
    torch.testing.assert_close(ensemble(features).softmax(1), sum(expected) / 2)


def test_its_file_predicts_audio_as_any_other(tmp_path):
    torch.save(sealed(ensemble_content()), tmp_path / "model.ckpt")
    shares = ser.load(tmp_path / "model.ckpt", network=MLP)(WAVEFORM, 16_000).probabilities
    assert np.sum(list(shares.values())) == pytest.approx(1)


@pytest.mark.parametrize("members", [1, 0, -2, 3, 101, True, 2.0, "2", None])
def test_another_number_of_networks_is_refused(members):
    content = ensemble_content()
    content["ser"]["members"] = members
    with pytest.raises(RunError, match="damaged"):
        build_ensemble(content)


def test_a_weight_of_fewer_networks_is_refused():
    content = ensemble_content()
    content["state_dict"]["layers.1.bias"] = content["state_dict"]["layers.1.bias"][:1]
    with pytest.raises(RunError, match=r"no layers\.1\.bias for each of 2 networks"):
        build_ensemble(content)
