"""Train and test one fold, so that it can be interrupted at any moment and continued."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint

from ser.corpora.corpus import Utterance
from ser.data.datamodule import CorpusDataModule
from ser.models import EmotionClassifier
from ser.runs.cell import Cell

MONITOR = "val/uar"
KEPT = ("ser", "state_dict", "hyper_parameters", "hparams_name", "pytorch-lightning_version")


class StepSeed(Callback):
    """Seed every training step by itself, so that a continued run draws what it would have drawn.

    Seeding an epoch is not enough: a loader draws from the same generator when it is opened,
    which happens before the epoch in a continued run and within it in an undisturbed one.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Seed the dropout of the coming step."""
        # torch.manual_seed notes a stack trace for a CUDA that never starts: a millisecond a step.
        on_cpu = pl_module.device.type == "cpu"
        seed = torch.default_generator.manual_seed if on_cpu else torch.manual_seed
        seed(self.seed * 1_000_003 + trainer.global_step)


def checkpointing(cell: Cell, validation: bool, patience: int) -> list[Callback]:
    """Callbacks that keep the last epoch, and with validation the best by UAR."""
    folder = cell.folder / "checkpoints"
    whole: dict[str, Any] = {"enable_version_counter": False, "save_on_train_epoch_end": True}
    last = ModelCheckpoint(folder, filename="last", **whole)
    if not validation:
        return [last]
    best = ModelCheckpoint(
        folder, filename="best", monitor=MONITOR, mode="max", save_weights_only=True, **whole
    )
    stop = EarlyStopping(MONITOR, mode="max", patience=patience, check_on_train_epoch_end=True)
    return [stop, best, last]  # last comes last, so that it holds the state of the others


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
    tested = predict(network, data, trainer, "test", cell)
    judged = None
    if data.protocol.validation:
        judged = predict(network, data, trainer, "validation", cell)
    _export(chosen, cell.folder / "model.ckpt")
    facts = {
        "seconds": round(time.perf_counter() - begin, 3),
        "continued": resume is not None,
        "epochs": trainer.current_epoch,
        "chosen_epoch": chosen["epoch"] + 1,
        "accelerator": type(trainer.accelerator).__name__,
        "precision": str(trainer.precision),
        "parameters": sum(p.numel() for p in network.parameters()),
        "folds": data.num_folds,
        "train": len(data.fold.train),
        "validation": len(data.fold.validation),
        "test": len(data.fold.test),
    }
    cell.finish(tested, facts, judged)
    for checkpoint in (cell.folder / "checkpoints").glob("*.ckpt"):
        checkpoint.unlink()


@torch.inference_mode()
def predict(
    network: EmotionClassifier, data: CorpusDataModule, trainer: Trainer, side: str, cell: Cell
) -> pd.DataFrame:
    """Table of predictions of a side, ``"test"`` or ``"validation"``, in its order."""
    network.eval()
    device = trainer.strategy.root_device
    network.to(device)
    loader = data.test_dataloader() if side == "test" else data.val_dataloader()
    with trainer.precision_plugin.forward_context():
        found = [network.predict_step([part.to(device) for part in batch], 0) for batch in loader]
    rows = [data.rows[i] for i in getattr(data.fold, side)]
    return tabulate(torch.cat(found).cpu(), rows, data.labels, cell)


def tabulate(
    probabilities: torch.Tensor, rows: Sequence[Utterance], labels: Sequence[str], cell: Cell
) -> pd.DataFrame:
    """Table of predictions: what was predicted, the truth, the prediction, the probabilities."""
    table = pd.DataFrame(
        {
            "id": [row.id.partition("#")[0] for row in rows],
            "view": [row.id.partition("#")[2] or "original" for row in rows],
            "speaker": [row.speaker for row in rows],
            "fold": cell.fold,
            "seed": cell.seed,
            "truth": [row.emotion for row in rows],
            "prediction": [labels[i] for i in probabilities.argmax(1).tolist()],
        }
    )
    shares = pd.DataFrame(probabilities.numpy(), columns=[f"p_{name}" for name in labels])
    whole: pd.DataFrame = pd.concat([table, shares], axis=1)
    return whole


def _export(checkpoint: dict[str, Any], path: Path) -> None:
    """Keep what prediction needs, without the state of the optimiser."""
    draft = path.with_suffix(".part")
    torch.save({key: checkpoint[key] for key in KEPT if key in checkpoint}, draft)
    draft.replace(path)
