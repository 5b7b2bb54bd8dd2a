"""The MLP, and what it brought to all networks: one cycle, and weights of emotions in the loss."""

import numpy as np
import pytest
import torch
from dense_layer import DenseLayer
from pytorch_lightning import Callback, Trainer
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional
from torch.utils.data import DataLoader

from ser.errors import ConfigError
from ser.models import MLP
from ser.models.weighting import class_weights

QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}


class Rates(Callback):
    """Note the learning rate of each step."""

    def __init__(self):
        self.seen = []

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        self.seen.append(trainer.optimizers[0].param_groups[0]["lr"])


def batches(count=6):
    draw = torch.Generator().manual_seed(0)
    rows = [(torch.randn(4, generator=draw), torch.tensor(1), i % 3) for i in range(4 * count)]
    return DataLoader(rows, batch_size=4)


def fit(network, **settings):
    rates = Rates()
    Trainer(callbacks=[rates], **QUIET, **settings).fit(network, batches())
    return rates.seen


@torch.no_grad()
def test_what_lies_far_from_the_mean_is_clipped():
    network = MLP(3, 4).eval()
    near, far = torch.full((1, 4), 5.0), torch.full((1, 4), 500.0)
    assert torch.equal(network(near), network(far))
    assert not torch.equal(network(near), network(near / 2))


def test_it_needs_a_hidden_unit():
    with pytest.raises(ConfigError, match="hidden_size=0 must be 1 or more"):
        MLP(3, 4, hidden_size=0)


@pytest.mark.parametrize("end", [{"max_epochs": 3}, {"max_epochs": -1, "max_steps": 18}])
def test_one_cycle_rises_to_the_rate_and_falls_to_nothing_with_the_last_step(end):
    rates = fit(DenseLayer(3, 4, learning_rate=0.1, schedule="onecycle"), **end)
    assert len(rates) == 18
    assert rates[0] == pytest.approx(0.1 / 25)
    assert max(rates) == pytest.approx(0.1, rel=0.02)
    assert 4 <= rates.index(max(rates)) <= 6
    assert rates[-1] < 1e-5


@pytest.mark.filterwarnings("ignore:.*max_epochs=-1")
def test_one_cycle_of_a_training_without_end_is_refused():
    with pytest.raises(ConfigError, match="schedule='onecycle' ends with the training"):
        fit(DenseLayer(3, 4, schedule="onecycle"), max_epochs=-1)


def test_balanced_weights_are_those_of_scikit_learn():
    counts = torch.tensor([3, 10, 47])
    truth = [0] * 3 + [1] * 10 + [2] * 47
    expected = compute_class_weight("balanced", classes=np.arange(3), y=truth)
    assert class_weights(counts, "balanced").tolist() == pytest.approx(expected)


def test_weights_by_the_root_lie_half_way_and_have_a_mean_of_one_over_the_rows():
    counts = torch.tensor([4, 0, 100])
    weights = class_weights(counts, "sqrt")
    assert float(weights[0] / weights[2]) == pytest.approx(5)
    assert float(weights[1]) == 0
    assert float((weights * counts).sum() / counts.sum()) == pytest.approx(1)


def test_the_training_loss_is_weighted_and_no_checkpoint_holds_the_weights():
    network = DenseLayer(3, 4, class_weight="sqrt")
    network.log = lambda *_, **__: None
    network.loss_weight.copy_(class_weights(torch.tensor([1, 4, 9]), "sqrt"))
    features, target = torch.randn(6, 4), torch.tensor([0, 1, 2, 2, 2, 1])
    loss = network.training_step((features, None, target), 0)
    weight = torch.tensor([1, 1 / 2, 1 / 3])
    expected = functional.cross_entropy(network(features), target, weight)
    torch.testing.assert_close(loss, expected)
    assert "loss_weight" not in network.state_dict()


def test_weights_need_a_datamodule_that_counts_emotions():
    with pytest.raises(ConfigError, match="class_weight='balanced' counts the emotions"):
        fit(DenseLayer(3, 4, class_weight="balanced"), max_epochs=1)


def test_another_weighting_is_refused():
    with pytest.raises(ConfigError, match="class_weight='square' is unknown"):
        MLP(3, 4, class_weight="square")
