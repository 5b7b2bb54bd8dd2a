"""What an interrupted fold is continued from: whole, its own, and otherwise put aside."""

import os
import shutil
import tempfile
from itertools import product

import pandas as pd
import pytest
import torch
from drawing_layer import Line
from pytorch_lightning import Callback, Trainer
from torch import nn

from ser.data import CorpusDataModule
from ser.errors import RunError, SerError, TrainingError
from ser.features import UtteranceStatistics
from ser.runs.cell import Cell
from ser.runs.files import write_json
from ser.training.continuing import checkpointing
from ser.training.lightning import LightningLearner
from ser.training.sealed import SealedCheckpoints
from ser.training.seeds import StepSeed

EPOCHS = 5


class PowerCut(Callback):
    """End a training before an epoch."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_train_epoch_start(self, trainer, pl_module):
        if trainer.current_epoch == self.epoch:
            raise RuntimeError("power cut")


@pytest.fixture(scope="module")
def folds(emodb):
    return CorpusDataModule(emodb, UtteranceStatistics(), "speaker", verify=False).folds


def fit(folds, cell, *more, patience=15, epochs=EPOCHS, **settings):
    """Train a cell, with further callbacks."""

    def make_trainer(place):
        return Trainer(
            callbacks=[StepSeed(place.seed), *checkpointing(place, True, patience, every=0), *more],
            max_epochs=epochs,
            accelerator="cpu",
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )

    learner = LightningLearner(Line, {"learning_rate": 0.01, **settings}, make_trainer)
    return learner.fit(folds.fold(cell.fold), cell)


def place(folder, fold=1, seed=0, model="a"):
    """A cell of a run that has its identity."""
    write_json(folder / "identity.json", {"model": model})
    return Cell(folder, fold, seed)


def break_off(folds, cell, epoch=3):
    with pytest.raises(RuntimeError, match="power cut"):
        fit(folds, cell, PowerCut(epoch))
    return cell.last_checkpoint.parent


@pytest.mark.parametrize(("patience", "stops"), [(0, True), (None, False)])
def test_early_stopping_can_be_switched_off(folds, tmp_path, patience, stops):
    outcome = fit(folds, place(tmp_path), patience=patience, learning_rate=0.0)
    assert (outcome.facts["epochs"] < EPOCHS) is stops


@pytest.fixture(scope="module")
def whole(folds, tmp_path_factory):
    """Predictions of a training that nothing disturbed."""
    return fit(folds, place(tmp_path_factory.mktemp("whole"))).test


@pytest.fixture(scope="module")
def broken_off(folds, tmp_path_factory):
    """A run whose fold 1 broke off after three epochs, and others, to take from."""
    root = tmp_path_factory.mktemp("broken")
    break_off(folds, place(root / "run"))
    break_off(folds, place(root / "early"), epoch=1)
    break_off(folds, place(root / "seed", seed=1))
    break_off(folds, place(root / "fold", fold=2))
    break_off(folds, place(root / "model", model="b"))
    return root


@pytest.fixture
def cell(broken_off, tmp_path):
    """A copy of it, in another folder, beside copies of the others."""
    shutil.copytree(broken_off, tmp_path / "copy")
    return Cell(tmp_path / "copy" / "run", 1)


def cut(path):
    os.truncate(path, path.stat().st_size // 2)


def turn_bits(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def lose_numbers(path):
    content = torch.load(path, weights_only=True)
    content["state_dict"]["layers.1.weight"][:] = float("nan")
    torch.save(content, path)


def make_a_folder(path):
    path.unlink()
    path.mkdir()


DAMAGE = {
    "cut": cut,
    "empty": lambda path: os.truncate(path, 0),
    "text": lambda path: path.write_text("hello"),
    "bits": turn_bits,
    "numbers": lose_numbers,
    "folder": make_a_folder,
}


def test_a_whole_checkpoint_is_continued_to_the_same_predictions_in_whatever_folder(
    folds, cell, whole
):
    outcome = fit(folds, cell)
    assert outcome.facts["continued"] is True
    pd.testing.assert_frame_equal(outcome.test, whole)


@pytest.mark.parametrize("fault", product(["last", "best"], DAMAGE), ids="-".join)
def test_a_damaged_checkpoint_is_put_aside_and_the_fold_begins_anew(
    folds, cell, whole, capsys, fault
):
    name, damage = fault
    path = cell.last_checkpoint.with_name(f"{name}.ckpt")
    DAMAGE[damage](path)
    outcome = fit(folds, cell)
    assert outcome.facts["continued"] is False
    pd.testing.assert_frame_equal(outcome.test, whole)
    said = capsys.readouterr().err
    assert str(path) in said
    assert f"{name}.ckpt.damaged" in said
    assert path.with_name(f"{name}.ckpt.damaged").exists()


@pytest.mark.parametrize("other", ["seed", "fold", "model"])
def test_checkpoints_of_another_seed_fold_or_configuration_are_put_aside(
    folds, cell, whole, capsys, other
):
    (source,) = (cell.run.parent / other).rglob("last.ckpt")
    for path in source.parent.iterdir():
        shutil.copy(path, cell.last_checkpoint.parent)
    outcome = fit(folds, cell)
    assert outcome.facts["continued"] is False
    assert "belongs to another training" in capsys.readouterr().err
    pd.testing.assert_frame_equal(outcome.test, whole)


def test_an_older_best_checkpoint_than_the_last_epoch_knows_is_not_taken(
    folds, cell, whole, capsys
):
    (early,) = (cell.run.parent / "early").rglob("best.ckpt")
    shutil.copy(early, cell.last_checkpoint.parent)
    outcome = fit(folds, cell)
    assert "is older than the last epoch says" in capsys.readouterr().err
    pd.testing.assert_frame_equal(outcome.test, whole)


def test_a_best_checkpoint_without_a_last_one_is_no_beginning(folds, cell, whole):
    cell.last_checkpoint.unlink()
    outcome = fit(folds, cell)
    assert outcome.facts["continued"] is False
    pd.testing.assert_frame_equal(outcome.test, whole)


def test_weights_of_another_size_are_put_aside(folds, cell, monkeypatch, capsys):
    """As of a network whose code was changed meanwhile."""
    build = LightningLearner.build

    def wider(*arguments):
        network = build(*arguments)
        network.layers.append(nn.Linear(network.num_classes, network.num_classes))
        return network

    monkeypatch.setattr(LightningLearner, "build", wider)
    assert fit(folds, cell).facts["continued"] is False
    assert "holds the weights of another network" in capsys.readouterr().err


def test_what_is_put_aside_twice_is_kept_twice(folds, cell):
    for _ in range(2):
        cut(cell.last_checkpoint)
        with pytest.raises(RuntimeError, match="power cut"):
            fit(folds, cell, PowerCut(1))
    aside = sorted(path.name for path in cell.last_checkpoint.parent.glob("last.ckpt.*"))
    assert aside == ["last.ckpt.damaged", "last.ckpt.damaged+"]


def test_a_training_that_ended_early_is_not_gone_on_with(folds, tmp_path):
    """It ended for want of patience, and was killed before its predictions were written."""
    cell = place(tmp_path)
    first = fit(folds, cell, patience=1, epochs=40)
    again = fit(folds, cell, patience=1, epochs=40)
    assert first.facts["epochs"] < 40
    assert again.facts["continued"] is True
    assert again.facts["epochs"] == first.facts["epochs"]
    pd.testing.assert_frame_equal(first.test, again.test)


def test_a_training_of_no_epoch_says_that_there_are_no_weights(folds, tmp_path):
    with pytest.raises(TrainingError, match="no epoch was trained and judged"):
        fit(folds, place(tmp_path), epochs=0)


def test_a_checkpoint_is_a_file_of_pytorch_that_passes_no_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    checkpoints, path = SealedCheckpoints("me"), tmp_path / "a" / "last.ckpt"
    checkpoints.save_checkpoint({"weight": torch.arange(3)}, path)
    assert torch.load(path, weights_only=True)["weight"].tolist() == [0, 1, 2]
    assert checkpoints.load_checkpoint(path)["weight"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_write_that_fails_leaves_the_checkpoint_of_before(tmp_path, monkeypatch, step):
    checkpoints, path = SealedCheckpoints("me"), tmp_path / "last.ckpt"
    checkpoints.save_checkpoint({"epoch": 1}, path)

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    owner = {"fsync": os, "replace": os, "write": tempfile}[step]
    monkeypatch.setattr(owner, {"write": "mkstemp"}.get(step, step), fail)
    with pytest.raises((OSError, SerError), match="No space left"):
        checkpoints.save_checkpoint({"epoch": 2}, path)
    monkeypatch.undo()
    assert checkpoints.load_checkpoint(path) == {"epoch": 1}


def test_a_checkpoint_of_another_owner_is_refused(tmp_path):
    SealedCheckpoints("me").save_checkpoint({"epoch": 1}, tmp_path / "last.ckpt")
    with pytest.raises(RunError, match="belongs to another training"):
        SealedCheckpoints("you").load_checkpoint(tmp_path / "last.ckpt")
