"""A training stops where its numbers are no longer finite, and says when."""

import pytest
import torch
from dense_layer import DenseLayer
from pytorch_lightning import Trainer
from pytorch_lightning.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader

from ser.errors import TrainingError
from ser.models import finite
from ser.models.finite import StayFinite


def batches(*values):
    """Batches that hold one value each."""
    target = torch.tensor([0, 1, 0, 1])
    made = [(torch.full((4, 3), value), torch.ones(4), target) for value in values]
    return DataLoader(made, batch_size=None)


def trainer(**settings):
    quiet = {
        "logger": False,
        "accelerator": "cpu",
        "max_epochs": 2,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    return Trainer(**{**quiet, **settings})


FINE, NAN = 1.0, float("nan")


def test_a_loss_that_is_not_finite_ends_the_training_at_its_step():
    with pytest.raises(TrainingError, match=r"epoch 1, step 3: the loss is nan\. Lower the learn"):
        trainer().fit(DenseLayer(2, 3), batches(FINE, FINE, NAN, FINE))


@pytest.mark.parametrize("every", [2, 100])
def test_losses_that_are_judged_together_give_the_same_step(monkeypatch, every):
    """As on a GPU, which is not waited for after each step."""
    judge = trainer()
    monkeypatch.setattr(finite, "EVERY", every)
    monkeypatch.setattr(type(judge), "world_size", 2)
    with pytest.raises(TrainingError, match="epoch 1, step 3: the loss is nan"):
        judge.fit(DenseLayer(2, 3), batches(FINE, FINE, NAN, FINE, FINE))


def test_a_rate_that_is_far_too_high_ends_the_training_and_keeps_no_such_weights(tmp_path):
    keeper = ModelCheckpoint(tmp_path, save_last=True)
    broken = DenseLayer(2, 3, learning_rate=1e38, schedule="constant")
    with pytest.raises(TrainingError, match="epoch 1"):
        trainer(enable_checkpointing=True, callbacks=[keeper]).fit(broken, batches(*[FINE] * 5))
    assert not [*tmp_path.iterdir()]


def test_weights_that_the_last_step_of_an_epoch_ruined_are_named():
    class Ruined(DenseLayer):
        def on_train_batch_end(self, *_):
            self.layer.bias.data.fill_(float("inf"))

    with pytest.raises(TrainingError, match=r"epoch 1: the weights .* finite \(layer\.bias\)"):
        trainer().fit(Ruined(2, 3), batches(FINE))


def test_a_validation_loss_that_is_not_finite_ends_the_training_before_it_is_kept(tmp_path):
    keeper = ModelCheckpoint(tmp_path, save_last=True)
    with pytest.raises(TrainingError, match="epoch 1: the validation loss is nan"):
        trainer(enable_checkpointing=True, callbacks=[keeper], num_sanity_val_steps=0).fit(
            DenseLayer(2, 3), batches(FINE), batches(NAN)
        )
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("call", ["test", "validate"])
def test_a_test_that_is_not_finite_is_no_result(call):
    words = {"test": "the test loss is nan", "validate": "the validation loss is nan"}
    with pytest.raises(TrainingError, match=words[call]):
        getattr(trainer(), call)(DenseLayer(2, 3), batches(NAN), verbose=False)


@pytest.mark.parametrize("precision", ["bf16-mixed", "32-true"])
@pytest.mark.parametrize("algorithm", ["norm", "value"])
def test_gradients_are_clipped_in_every_precision(precision, algorithm):
    sizes = []

    class Watched(DenseLayer):
        def on_before_optimizer_step(self, optimizer):
            sizes.append(float(self.layer.weight.grad.abs().max()))

        def optimizer_step(self, *arguments, **more):
            super().optimizer_step(*arguments, **more)
            sizes.append(float(self.layer.weight.grad.abs().max()))

    judge = trainer(
        max_epochs=1,
        precision=precision,
        gradient_clip_val=1e-3,
        gradient_clip_algorithm=algorithm,
    )
    judge.fit(Watched(2, 3), batches(50.0))
    before, after = sizes
    assert before > 1e-3
    assert after <= 1e-3 * (1 + 1e-3)


def test_an_optimiser_is_built_without_a_trainer_too():
    optimiser = DenseLayer(2, 3, schedule="constant").configure_optimizers()
    assert optimiser.defaults["fused"] is True


def test_every_trainer_gets_the_watch_once():
    judge, network = trainer(max_epochs=1), DenseLayer(2, 3)
    for _ in range(2):
        judge.fit(network, batches(FINE))
    assert sum(isinstance(callback, StayFinite) for callback in judge.callbacks) == 1
