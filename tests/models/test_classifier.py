"""What every network inherits: scaling, masking, UAR, and what it needs to import."""

import subprocess
import sys

import pytest
import torch
from dense_layer import DenseLayer
from pytorch_lightning import Callback, Trainer
from sklearn.metrics import recall_score
from torch import nn
from torch.utils.data import DataLoader

from ser.errors import ConfigError
from ser.models import EmotionClassifier
from ser.models.classifier import accuracy, uar


class Echo(EmotionClassifier):
    """Give back what arrives in ``forward``."""

    def forward(self, features, lengths=None):
        return features


def test_features_are_standardised_before_forward():
    network = Echo(2, 3)
    network.feature_mean[:], network.feature_std[:] = 5.0, 2.0
    assert torch.equal(network(torch.full((4, 3), 9.0)), torch.full((4, 3), 2.0))


def test_frames_beyond_an_utterance_are_zero_in_forward():
    network = Echo(2, 3)
    network.feature_mean[:] = 1.0
    out = network(torch.zeros(2, 3, 5), torch.tensor([5, 2]))
    assert (out[0] == -1).all()
    assert (out[1, :, :2] == -1).all()
    assert (out[1, :, 2:] == 0).all()


@pytest.mark.parametrize("shape", [(4, 1), (4, 2), (4, 1, 5), (4, 5, 3)])
def test_features_of_other_channels_are_refused_and_not_spread_over_all(shape):
    with pytest.raises(ConfigError, match=rf"have {shape[1]} channels, and .*Echo was built for"):
        Echo(2, 3)(torch.zeros(shape))


def test_one_emotion_is_too_few_to_tell_apart():
    with pytest.raises(ConfigError, match="num_classes=1 must be 2 or more"):
        Echo(1, 3)


@pytest.mark.parametrize("method", ["training_loss", "validation_step", "test_step"])
def test_a_batch_without_lengths_is_refused_with_its_form(method):
    batch = [torch.zeros(2, 3, 5), torch.tensor([0, 1])]
    step = getattr(Echo(2, 3), method)
    with pytest.raises(
        ConfigError, match=r"a list of 2 is no batch .* \(features, lengths, target\)"
    ):
        step(*(batch,) if method == "training_loss" else (batch, 0))


def test_a_whole_batch_that_ddp_sends_through_passes_unchanged():
    batch = (torch.ones(2, 3), torch.ones(2), torch.zeros(2))
    assert Echo(2, 3)(batch) is batch


def test_uar_equals_scikit_learn_over_the_classes_that_occur():
    truth = torch.tensor([0, 0, 1, 1, 1, 3])
    predicted = torch.tensor([0, 2, 1, 1, 0, 3])
    matrix = torch.zeros(4, 4)
    for t, p in zip(truth, predicted, strict=True):
        matrix[t, p] += 1
    expected = recall_score(truth, predicted, labels=[0, 1, 3], average="macro")
    assert float(uar(matrix)) == pytest.approx(expected)
    assert float(accuracy(matrix)) == pytest.approx(4 / 6)


def test_networks_import_neither_hydra_nor_soundfile_nor_corpora():
    code = "import sys, ser.models; print({'hydra', 'soundfile', 'ser.data'} & set(sys.modules))"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "set()"


def test_importing_ser_alone_imports_no_torch():
    code = "import sys, ser; print('torch' in sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "False"


def test_a_network_that_does_not_fit_the_data_says_how_to_build_one():
    class Data:
        labels = ("a", "b", "c")
        feature_mean = torch.zeros(3)

    with pytest.raises(ConfigError, match=r"num_classes=2.*for_data"):
        Echo(2, 3)._check(Data)


def test_a_mistyped_schedule_is_refused_with_the_one_that_was_meant():
    meant = r"schedule='cosin' is unknown \(did you mean 'cosine'\?\); choose one of"
    with pytest.raises(ConfigError, match=meant):
        Echo(2, 3, schedule="cosin")


def rate_after_half(**limit):
    """Learning rate in the middle of twenty batches, ten an epoch."""
    network, rates = DenseLayer(2, 3, learning_rate=1.0), []
    batch = (torch.randn(4, 3), torch.ones(4), torch.tensor([0, 1, 0, 1]))

    class Watch(Callback):
        def on_train_batch_start(self, trainer, *_):
            rates.append(trainer.optimizers[0].param_groups[0]["lr"])

    trainer = Trainer(
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        accelerator="cpu",
        callbacks=[Watch()],
        **limit,
    )
    trainer.fit(network, DataLoader([batch] * 10, batch_size=None))
    return rates[10]


def test_the_cosine_ends_with_the_training_in_epochs_or_in_steps():
    assert rate_after_half(max_epochs=2) == pytest.approx(0.5)
    assert rate_after_half(max_epochs=-1, max_steps=20) == pytest.approx(0.5)


def test_a_cosine_without_an_end_is_refused():
    with pytest.raises(ConfigError, match="has no end here; give the trainer max_epochs"):
        rate_after_half(max_epochs=-1)


@pytest.mark.parametrize("method", ["training_loss", "validation_step", "test_step"])
@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 5)])
def test_an_output_that_is_no_number_for_each_emotion_is_refused(method, shape):
    batch = (torch.zeros(shape), None, torch.tensor([0, 1, 0, 1]))
    step = getattr(Echo(2, 3), method)
    with pytest.raises(ConfigError, match=r"Echo\.forward gives an output of shape .* 2 emotions"):
        step(*(batch,) if method == "training_loss" else (batch, 0))


def test_the_scaler_is_a_part_of_the_state():
    assert {"feature_mean", "feature_std"} <= set(Echo(2, 3).state_dict())
    assert isinstance(Echo(2, 3), nn.Module)
