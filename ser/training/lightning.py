"""Networks, trained by Lightning, so that a fold can be interrupted at any moment and continued."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import torch
from pytorch_lightning import Trainer

from ser.augment import Augmentation
from ser.data.batches import Loading
from ser.data.datamodule import FoldDataModule
from ser.data.fold_data import FoldData
from ser.errors import ConfigError, TrainingError
from ser.models import EmotionClassifier
from ser.runs.cell import Cell
from ser.runs.facts import Facts
from ser.runs.predictions import tabulate
from ser.training.continuing import Snapshot, continue_from, owner_of
from ser.training.device import compile_network
from ser.training.learner import Outcome
from ser.training.memory import fit_into_memory, fit_to_judge
from ser.training.sealed import KeptCheckpoints, SealedCheckpoints
from ser.training.trial import try_network

KEPT = ("ser", "state_dict", "hyper_parameters", "hparams_name", "pytorch-lightning_version")


class LightningLearner:
    """Train a network by gradient descent; the epoch is chosen on the validation side.

    Args:
        network: Class of the network.
        settings: Its constructor arguments, but for those that follow from the data.
        make_trainer: Builds the Trainer of a cell, with the callbacks of ``continuing``.
        loading: How batches are made.
        augment: What is drawn anew in each training step.
        compiled: Mode of ``torch.compile``, or None.
    """

    def __init__(
        self,
        network: type[EmotionClassifier],
        settings: Mapping[str, Any],
        make_trainer: Callable[[Cell], Trainer],
        *,
        loading: Loading | None = None,
        augment: Augmentation | None = None,
        compiled: str | None = None,
    ) -> None:
        self.network = network
        self.settings = settings
        self.make_trainer = make_trainer
        self.loading = loading
        self.augment = augment
        self.compiled = compiled

    def refuse(self, data: Any) -> None:
        """Refuse features that the network does not read, and settings that it cannot have.

        Raises:
            ConfigError: If there are such.
        """
        self._refuse_features(data)
        try_network(self.network, self.settings, data)

    def _refuse_features(self, data: Any) -> None:
        wanted, sequence = self.network.sequence, data.front_end.sequence
        if wanted is None or wanted == sequence:
            return
        have = "a matrix of frames" if sequence else "one vector an utterance"
        reads = "frames, as of features=logmel" if wanted else "vectors, as of features=statistics"
        raise ConfigError(
            f"{type(data.front_end).__name__} gives {have}, and {self.network.__name__} reads "
            f"{reads}; change features or model."
        )

    def build(self, data: FoldDataModule, seed: int) -> EmotionClassifier:
        """Build the network of the size that fits the data, with its first weights."""
        torch.manual_seed(seed)
        network = self.network.for_data(data, **self.settings)
        compile_network(network, self.compiled)
        return network

    def fit(self, data: FoldData, cell: Cell) -> Outcome | None:
        """Train or continue a fold; see ``Learner.fit``."""
        module = FoldDataModule(data, _drawing(self.loading, cell), self.augment)
        network, trainer = self.build(module, cell.draws), self.make_trainer(cell)
        keeper = trainer.checkpoint_callback
        if not isinstance(keeper, Snapshot):  # a trial of one batch
            trainer.fit(network, module)
            return None
        checkpoints = trainer.strategy.checkpoint_io = KeptCheckpoints(owner_of(cell, data))
        resume = continue_from(cell, keeper, network, checkpoints)
        fit_into_memory(trainer, network, module, resume)
        if not trainer.is_global_zero:
            return None
        chosen = _chosen(keeper, checkpoints)
        network.load_state_dict(chosen["state_dict"])
        judged = None
        with fit_to_judge(module.loading):
            tested = predict(network, module, trainer, "test", cell)
            if data.protocol.validation:
                judged = predict(network, module, trainer, "validation", cell)
        return Outcome(
            test=tested,
            validation=judged,
            facts=_facts(network, trainer, chosen["epoch"], continued=resume is not None),
            model={key: chosen[key] for key in KEPT if key in chosen},
        )


def _drawing(loading: Loading | None, cell: Cell) -> Loading | None:
    """Let the members of an ensemble see their batches in orders of their own."""
    return loading if cell.chance is None else replace(loading or Loading(), seed=cell.chance)


def _facts(network: EmotionClassifier, trainer: Trainer, chosen: int, *, continued: bool) -> Facts:
    return {
        "continued": continued,
        "epochs": trainer.current_epoch,
        # A snapshot that is taken after the end counts the epoch that would be next.
        "chosen_epoch": min(chosen + 1, trainer.current_epoch),
        "accelerator": type(trainer.accelerator).__name__,
        "precision": str(trainer.precision),
        "parameters": sum(p.numel() for p in network.parameters()),
    }


def _chosen(keeper: Snapshot, checkpoints: SealedCheckpoints) -> dict[str, Any]:
    if not keeper.best_model_path:
        raise TrainingError(
            "no epoch was trained and judged, so that there are no weights to choose; give the "
            "trainer at least one epoch (trainer.max_epochs) and one batch of each side."
        )
    return checkpoints.load_checkpoint(keeper.best_model_path)


@torch.inference_mode()
def predict(
    network: EmotionClassifier, module: FoldDataModule, trainer: Trainer, side: str, cell: Cell
) -> pd.DataFrame:
    """Table of predictions of a side, ``"test"`` or ``"validation"``, in its order."""
    network.eval()
    device = trainer.strategy.root_device
    network.to(device)
    loader = module.test_dataloader() if side == "test" else module.val_dataloader()
    with trainer.precision_plugin.forward_context():
        found = [network.predict_step([part.to(device) for part in batch], 0) for batch in loader]
    probabilities = torch.cat(found).cpu().numpy()
    return tabulate(probabilities, module.fold_data.rows(side), module.labels, cell)
