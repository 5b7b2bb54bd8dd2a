"""Train and test one fold, so that it can be interrupted at any moment and continued."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint

from ser.data.datamodule import CorpusDataModule
from ser.models import EmotionClassifier
from ser.results import Cell

MONITOR = "val/uar"
KEPT = ("ser", "state_dict", "hyper_parameters", "hparams_name", "pytorch-lightning_version")


class EpochSeed(Callback):
    """Seed every epoch by itself, so that a continued run draws what it would have drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Seed dropout of the coming epoch."""
        torch.manual_seed(self.seed * 1_000_003 + trainer.current_epoch)


def checkpointing(cell: Cell, validation: bool, patience: int) -> list[Callback]:
    """Callbacks that keep the best epoch by validation UAR, or the last without validation."""
    folder = cell.folder / "checkpoints"
    keep = ModelCheckpoint(
        folder,
        filename="best" if validation else "latest",
        monitor=MONITOR if validation else None,
        mode="max",
        save_last=True,
        enable_version_counter=False,
    )
    stop = EarlyStopping(MONITOR, mode="max", patience=patience, check_on_train_epoch_end=False)
    return [keep, stop] if validation else [keep]


def fit_and_test(
    network: EmotionClassifier, data: CorpusDataModule, trainer: Trainer, cell: Cell
) -> None:
    """Train a fold, or continue it, and write its predictions.

    Args:
        network: Network to train.
        data: Datamodule, at the fold of ``cell``.
        trainer: Trainer with the callbacks of ``checkpointing``.
        cell: Where the results go.
    """
    begin = time.perf_counter()
    resume = cell.last_checkpoint if cell.last_checkpoint.exists() else None
    trainer.fit(network, data, ckpt_path=resume, weights_only=True)
    keeper = trainer.checkpoint_callback
    if not trainer.is_global_zero or not isinstance(keeper, ModelCheckpoint):
        return
    chosen = torch.load(keeper.best_model_path, weights_only=True)
    network.load_state_dict(chosen["state_dict"])
    probabilities = predict(network, data, trainer)
    _export(chosen, cell.folder / "model.ckpt")
    facts = {
        "seconds": round(time.perf_counter() - begin, 3),
        "continued": resume is not None,
        "epochs": trainer.current_epoch,
        "chosen_epoch": chosen["epoch"] + 1,
        "accelerator": type(trainer.accelerator).__name__,
        "precision": str(trainer.precision),
        "parameters": sum(p.numel() for p in network.parameters()),
        "train": len(data.fold.train),
        "validation": len(data.fold.validation),
        "test": len(data.fold.test),
    }
    cell.finish(tabulate(probabilities, data, cell), facts)
    for checkpoint in (cell.folder / "checkpoints").glob("*.ckpt"):
        checkpoint.unlink()


@torch.inference_mode()
def predict(network: EmotionClassifier, data: CorpusDataModule, trainer: Trainer) -> torch.Tensor:
    """Probabilities of the test side, in its order, ``(utterances, num_classes)``."""
    network.eval()
    device = trainer.strategy.root_device
    network.to(device)
    with trainer.precision_plugin.forward_context():
        found = [
            network.predict_step([part.to(device) for part in batch], 0)
            for batch in data.test_dataloader()
        ]
    return torch.cat(found).cpu()


def tabulate(probabilities: torch.Tensor, data: CorpusDataModule, cell: Cell) -> pd.DataFrame:
    """Table of predictions: what was tested, the truth, the prediction, the probabilities."""
    rows = [data.rows[i] for i in data.fold.test]
    table = pd.DataFrame(
        {
            "id": [row.id.partition("#")[0] for row in rows],
            "view": [row.id.partition("#")[2] or "original" for row in rows],
            "speaker": [row.speaker for row in rows],
            "fold": cell.fold,
            "seed": cell.seed,
            "truth": [row.emotion for row in rows],
            "prediction": [data.labels[i] for i in probabilities.argmax(1).tolist()],
        }
    )
    shares = pd.DataFrame(probabilities.numpy(), columns=[f"p_{name}" for name in data.labels])
    whole: pd.DataFrame = pd.concat([table, shares], axis=1)
    return whole


def _export(checkpoint: dict[str, Any], path: Path) -> None:
    """Keep what prediction needs, without the state of the optimiser."""
    draft = path.with_suffix(".part")
    torch.save({key: checkpoint[key] for key in KEPT if key in checkpoint}, draft)
    draft.replace(path)
