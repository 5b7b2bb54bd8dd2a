"""A checkpoint is all that prediction needs."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile
import torch
from pytorch_lightning import Trainer

import ser
from ser.data import CorpusDataModule
from ser.errors import RunError
from ser.features import UtteranceStatistics
from ser.models import CNN1D


@pytest.fixture
def trained(emodb, tmp_path):
    """A network trained for two epochs with a user's own Trainer, and its checkpoint."""
    data = CorpusDataModule(emodb, UtteranceStatistics.emodb(), cv="speaker", fold=1, verify=False)
    network = CNN1D.for_data(data)
    trainer = Trainer(max_epochs=2, logger=False, enable_checkpointing=False, accelerator="cpu")
    trainer.fit(network, data)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    return data, network.eval(), tmp_path / "a.ckpt"


def test_a_users_own_trainer_tests_the_fold(trained):
    data, network, _ = trained
    figures = Trainer(logger=False, accelerator="cpu").test(network, data, verbose=False)[0]
    assert 0 <= figures["test/uar"] <= 1
    assert torch.equal(network.feature_mean, data.feature_mean)


def test_the_predictor_agrees_with_the_network_on_the_stored_features(trained):
    data, network, checkpoint = trained
    utterance = data.folds.utterances[0]
    samples, rate = soundfile.read(utterance.path, dtype="float32")
    said = ser.load(checkpoint)(torch.from_numpy(samples), rate)
    features, lengths = data.fold_data.prepared.features.batch(torch.tensor([0]))
    expected = network(features, lengths).softmax(1)[0].tolist()
    found = [said.probabilities[label] for label in data.labels]
    assert found == pytest.approx(expected, abs=1e-4)
    assert said.emotion == data.labels[int(np.argmax(expected))]


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_any_rate_and_channel_count_gives_probabilities(trained, rate):
    time = torch.arange(rate) / rate
    stereo = torch.stack([torch.sin(2 * torch.pi * 220 * time)] * 2) * 0.3
    said = ser.load(trained[2])(stereo, rate)
    assert sum(said.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert next(iter(said.probabilities.values())) == max(said.probabilities.values())


def test_the_command_prints_emotion_and_probabilities(trained, tmp_path):
    data, _, checkpoint = trained
    command = [sys.executable, "-m", "ser.predict", f"checkpoint={checkpoint}"]
    words = [*command, f"input={data.folds.utterances[0].path}"]
    found = subprocess.run(words, capture_output=True, text=True, check=True)
    assert found.stdout.split()[0] in data.labels
    assert found.stdout.count("%") == len(data.labels)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (print, ("executed",))

    torch.save({"ser": Bomb()}, tmp_path / "bomb.ckpt")
    with pytest.raises(RunError, match="not a checkpoint that can be loaded safely"):
        ser.load(tmp_path / "bomb.ckpt")


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    torch.save({"state_dict": {}}, tmp_path / "other.ckpt")
    with pytest.raises(RunError, match="was not written by ser"):
        ser.load(tmp_path / "other.ckpt")


def test_an_absent_checkpoint_is_named(tmp_path):
    with pytest.raises(RunError, match=r"absent\.ckpt does not exist"):
        ser.load(tmp_path / "absent.ckpt")
