"""README's import example and the command line are the same experiment."""

import pandas as pd
import pytest
import torch
from pytorch_lightning import Callback, Trainer
from sweeping import train

from ser.data import EmoDBDataModule
from ser.models import CNN1D


class Losses(Callback):
    """Note the training loss of each epoch."""

    def __init__(self):
        self.seen = []

    def on_train_epoch_end(self, trainer, pl_module):
        self.seen.append(float(trainer.callback_metrics["train/loss"]))


def test_two_epochs_of_the_import_and_of_the_command_have_the_same_losses(emodb, tmp_path):
    # Without dropout, which the command seeds step by step.
    words = [f"data.root={emodb.root}", "data.verify=false", "cv=speaker", "fold=1", "model=cnn1d"]
    words += ["model.dropout=0", "refit=null"]  # a Trainer of one's own keeps a validation side
    words += ["trainer.max_epochs=2", "trainer.precision=32-true", "trainer=cpu"]
    assert train(*words, f"output={tmp_path}").returncode == 0
    (log,) = tmp_path.rglob("csv/metrics.csv")
    expected = pd.read_csv(log)["train/loss"].dropna().tolist()
    data = EmoDBDataModule(root=emodb.root, cv="speaker", fold=1, verify=False)
    data.setup()
    torch.manual_seed(0)
    network, losses = CNN1D.for_data(data, dropout=0.0), Losses()
    trainer = Trainer(
        max_epochs=2,
        accelerator="cpu",
        callbacks=[losses],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(network, data)
    assert losses.seen == pytest.approx(expected, rel=1e-4)
