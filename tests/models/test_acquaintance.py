"""A network is not tested on utterances that it was fitted to."""

import shutil
from copy import deepcopy

import pytest
import torch
from dense_layer import DenseLayer
from pytorch_lightning import Trainer

import ser
from ser.corpora.emodb import EmoDB
from ser.data import CorpusDataModule
from ser.errors import LeakageError, RunError
from ser.features import UtteranceStatistics
from ser.folds.protocol import Protocol
from ser.models.acquaintance import read_fitted_to


@pytest.fixture
def fold(emodb):
    """Datamodule of a fold, which leaves one of three speakers out."""

    def fold(index, **settings):
        return CorpusDataModule(
            emodb, UtteranceStatistics(), "speaker", index, verify=False, **settings
        )

    return fold


def trainer():
    return Trainer(
        max_epochs=1,
        logger=False,
        accelerator="cpu",
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


@pytest.fixture
def fitted(fold):
    """A network that was fitted to fold 0, and its trainer."""
    data = fold(0)
    data.setup()
    network, teacher = DenseLayer.for_data(data), trainer()
    teacher.fit(network, data)
    return network, teacher


@pytest.mark.parametrize("call", ["test", "validate", "predict", "fit"])
def test_a_network_of_one_fold_is_refused_at_another(fitted, fold, call):
    network, _ = fitted
    refusal = r"fitted to 14 of the 14 utterances that fold 1 tests \(08a01Aa, .*, …\).*for_data"
    with pytest.raises(LeakageError, match=refusal):
        getattr(trainer(), call)(network, datamodule=fold(1))


@pytest.mark.parametrize("call", ["test", "validate", "predict", "fit"])
def test_a_network_is_welcome_at_its_own_fold(fitted, fold, call):
    network, _ = fitted
    getattr(trainer(), call)(network, datamodule=fold(0))
    assert len(network.fitted_to) == 28


def test_a_checkpoint_carries_whom_it_was_fitted_to(fitted, fold, tmp_path):
    _, teacher = fitted
    teacher.save_checkpoint(tmp_path / "model.ckpt")
    loaded = ser.load(tmp_path / "model.ckpt", network=DenseLayer).model
    with pytest.raises(LeakageError, match="fold 2 tests"):
        trainer().test(loaded, fold(2), verbose=False)
    data = fold(2)
    data.setup()
    with pytest.raises(LeakageError, match="fold 2 tests"):
        trainer().test(
            DenseLayer.for_data(data), fold(2), ckpt_path=tmp_path / "model.ckpt", weights_only=True
        )


def through_a_file(weights, folder):
    torch.save(weights, folder / "weights.pt")
    return torch.load(folder / "weights.pt", weights_only=True)


@pytest.mark.parametrize(
    "way", [lambda w, _: w, lambda w, _: deepcopy(w), through_a_file], ids=["as is", "copy", "file"]
)
def test_weights_that_another_network_takes_over_say_whom_they_were_fitted_to(
    fitted, fold, tmp_path, way
):
    network, _ = fitted
    fresh = DenseLayer.for_data(fold(1))
    fresh.load_state_dict(way(network.state_dict(), tmp_path))
    with pytest.raises(LeakageError, match="fitted to 14 of the 14 utterances that fold 1 tests"):
        trainer().fit(fresh, fold(1))


def test_weights_that_were_taken_before_a_training_know_what_it_taught_them(fold):
    data = fold(0)
    network = DenseLayer.for_data(data)
    weights = network.state_dict()  # the same memory, so the same numbers after the training
    trainer().fit(network, data)
    fresh = DenseLayer.for_data(data)
    fresh.load_state_dict(weights)
    assert fresh.fitted_to == network.fitted_to


def test_first_weights_that_were_copied_know_nobody(fitted, fold):
    data = fold(1)
    network = DenseLayer.for_data(data)
    first = deepcopy(network.state_dict())
    trainer().fit(network, data)
    fresh = DenseLayer.for_data(data)
    fresh.load_state_dict(first)
    assert fresh.fitted_to == set()


def test_a_checkpoint_says_it_once(fitted, tmp_path):
    network, teacher = fitted
    teacher.save_checkpoint(tmp_path / "model.ckpt")
    content = torch.load(tmp_path / "model.ckpt", weights_only=True)
    assert content["ser"]["fitted_to"] == sorted(network.fitted_to)
    assert set(content["state_dict"]._metadata[""]) == {"version"}


def test_a_network_that_forgets_begins_again(fitted, fold):
    network, _ = fitted
    network.fitted_to.clear()
    trainer().fit(network, fold(1))
    trainer().test(network, fold(1), verbose=False)
    assert len(network.fitted_to) == 28


def test_audio_is_known_under_another_name(fitted, emodb, tmp_path):
    network, _ = fitted
    (tmp_path / "wav").mkdir()
    for path in emodb.root.glob("wav/*.wav"):
        shutil.copy(
            path, tmp_path / "wav" / f"{path.stem[:-1]}{'cd'['ab'.index(path.stem[-1])]}.wav"
        )
    copy = CorpusDataModule(EmoDB(tmp_path), UtteranceStatistics(), "speaker", 1, verify=False)
    with pytest.raises(LeakageError, match=r"fitted to 14 of the 14 utterances .* \(08a01Ac, "):
        trainer().test(network, copy, verbose=False)


def test_a_protocol_that_leaks_on_purpose_goes_on(fitted, fold):
    network, _ = fitted
    trainer().test(network, fold(1, protocol=Protocol("published", unit="row")), verbose=False)
    assert network.fitted_to


def test_a_checkpoint_from_before_knows_nobody():
    assert read_fitted_to({}) == set()


@pytest.mark.parametrize("wrong", ["abc", [1.5], [True], 3, [[1]], torch.ones(2)])
def test_a_checkpoint_that_says_it_wrongly_is_refused(wrong):
    with pytest.raises(RunError, match="what it was fitted to is not a list"):
        read_fitted_to({"fitted_to": wrong})
