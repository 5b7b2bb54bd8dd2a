"""Batches of one fold for a Lightning Trainer."""

from __future__ import annotations

from operator import index
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor
from torch.utils.data import DataLoader

from ser.augment import Augmentation
from ser.corpora import Corpus
from ser.data.batches import Batch, Loading, loader
from ser.data.changes import Changes
from ser.data.corpus_folds import CorpusFolds
from ser.data.fold_data import FoldData
from ser.features import FrontEnd
from ser.folds import Regime
from ser.folds.duplicates import TOGETHER
from ser.folds.protocol import Protocol
from ser.models.arguments import signature_of
from ser.system.arguments import KeepsArguments


class FoldDataModule(LightningDataModule):
    """Serve a fold in batches, and augment those of the training side.

    Args:
        data: The fold.
        loading: How batches are made.
        augment: What is drawn anew in each training step; nothing by default.
    """

    def __init__(
        self, data: FoldData, loading: Loading | None = None, augment: Augmentation | None = None
    ) -> None:
        super().__init__()
        self.fold_data = data
        self.loading = loading or Loading()
        self.augment = augment or Augmentation()

    @property
    def labels(self) -> tuple[str, ...]:
        """Emotions in class order."""
        return self.fold_data.labels

    @property
    def num_classes(self) -> int:
        """Number of emotions."""
        return len(self.labels)

    @property
    def front_end(self) -> FrontEnd:
        """What the features come from."""
        return self.fold_data.prepared.front_end

    @property
    def num_features(self) -> int:
        """Channels of the features, or numbers in a feature vector."""
        return self.front_end.num_features

    @property
    def num_frames(self) -> int:
        """Frames of the longest utterance; 1 for feature vectors."""
        return self.fold_data.prepared.features.num_frames

    @property
    def feature_mean(self) -> Tensor:
        """Mean of each channel, which networks subtract."""
        return self.fold_data.mean

    @property
    def feature_std(self) -> Tensor:
        """Standard deviation of each channel, which networks divide by."""
        return self.fold_data.std

    @property
    def class_counts(self) -> Tensor:
        """Rows of each emotion on the training side, ``(num_classes,)``."""
        targets = self.fold_data.prepared.targets[self.fold_data.fold.train]
        return torch.bincount(targets, minlength=self.num_classes)

    @property
    def origin(self) -> dict[str, Any]:
        """Where the fold is from and what its training side was like; model files keep it."""
        return self.fold_data.origin

    def train_dataloader(self) -> DataLoader[Batch]:
        """Shuffled batches of the training side; waveforms, if they are to be changed."""
        prepared, rows = self.fold_data.prepared, self.fold_data.fold.train
        return loader(prepared, rows, self.loading, train=True, raw=self.augment.changes_waveforms)

    def val_dataloader(self) -> DataLoader[Batch] | list[Any]:
        """Batches of the validation side, in order; none where the protocol has no such side."""
        if not self.fold_data.protocol.validation:
            return []
        return loader(self.fold_data.prepared, self.fold_data.fold.validation, self.loading)

    def test_dataloader(self) -> DataLoader[Batch]:
        """Batches of the test side, in order."""
        return loader(self.fold_data.prepared, self.fold_data.fold.test, self.loading)

    def predict_dataloader(self) -> DataLoader[Batch]:
        """Batches of the test side, in order."""
        return self.test_dataloader()

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Augment a training batch, on the device that it trains on."""
        trainer = self.trainer
        if trainer is None or not (trainer.training and self.augment.online):
            return batch
        changes = self.changes(batch[0].device)
        changes.begin(trainer.global_step, trainer.global_rank)
        return changes(batch)

    def changes(self, device: torch.device) -> Changes:
        """What is drawn anew in each training step, on a device."""
        return Changes(self.fold_data, self.augment, self.loading.seed, device)


class CorpusDataModule(KeepsArguments, FoldDataModule):
    """Serve one cross-validation fold of a corpus.

    Features are extracted once into a store that all folds, epochs and models share. The
    scaler statistics, ``feature_mean`` and ``feature_std``, come from the training side.

    Args:
        corpus: Corpus to split.
        front_end: Turns waveforms into features.
        cv: Regime, or the name of one.
        fold: Split to hold out, counted from 0.
        protocol: What may cross the line between training and test.
        augment: What is done to training utterances; nothing by default.
        batch_size: Training utterances a batch.
        eval_batch_size: Validation and test utterances a batch.
        balance: What training batches hold alike often: each ``"emotion"``, each emotion of each
            speaker (``"emotion_speaker"``), or None for each utterance once an epoch.
        pad_to: Longest utterance that a batch is padded to: of the ``batch``, which is faster; of
            the ``corpus``, which gives a compiled network equal shapes at every step; or the next
            of a ``few`` widths, of which each is recorded on CUDA.
        group_by_length: Whether training batches hold utterances of like length, so that little
            of them is padding; without effect on vectors.
        seed: Seed of the order of training batches, of augmentation and of shuffled labels.
        shuffle_labels: Permute the emotions of the recordings, copies included: whatever is
            then above chance has leaked.
        cache: Folder of the feature store; None takes the user cache.
        verify: Whether to check the corpus against its published counts.
        duplicates: What becomes of identical files: ``"together"``, ``"drop"`` or ``"refuse"``, as
            ``CorpusFolds`` says.

    Raises:
        CorpusError: From ``prepare_data`` or ``setup``, if the corpus is absent or incomplete.
        AudioError: From ``setup``, if a file cannot be decoded.
        FoldError: From ``setup``, if the fold does not exist.
        ConfigError: If ``pad_to`` or ``balance`` is unknown.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Show every argument to ``help`` and editors, instead of ``**options``."""
        super().__init_subclass__(**options)
        cls.__signature__ = signature_of(cls)  # type: ignore[attr-defined]

    def __init__(
        self,
        corpus: Corpus,
        front_end: FrontEnd,
        cv: Regime | str = "stratified",
        fold: int = 0,
        *,
        protocol: Protocol | None = None,
        augment: Augmentation | None = None,
        batch_size: int = 32,
        eval_batch_size: int = 64,
        balance: str | None = None,
        pad_to: str = "batch",
        group_by_length: bool = False,
        seed: int = 0,
        shuffle_labels: bool = False,
        cache: str | Path | None = None,
        verify: bool = True,
        duplicates: str = TOGETHER,
    ) -> None:
        LightningDataModule.__init__(self)  # which fold it serves is known in setup
        self.folds = CorpusFolds(
            corpus,
            front_end,
            cv,
            protocol=protocol,
            augment=augment,
            seed=index(seed),
            shuffle_labels=bool(shuffle_labels),
            cache=cache,
            verify=verify,
            duplicates=duplicates,
        )
        self.augment = self.folds.augment
        self.loading = Loading(
            index(batch_size),
            index(eval_batch_size),
            pad_to,
            index(seed),
            balance,
            bool(group_by_length),
        )
        self.place: tuple[int, int | None] = (index(fold), None)
        self._set_up: tuple[int, int | None] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Emotions in class order."""
        return self.folds.corpus.labels

    @property
    def front_end(self) -> FrontEnd:
        """What the features come from, at the rate of the corpus once they were extracted."""
        return self.folds.front_end if self._set_up is None else super().front_end

    @property
    def num_folds(self) -> int:
        """Number of folds that the regime gives on this corpus; nothing is extracted for it."""
        return self.folds.num_folds

    @property
    def num_frames(self) -> int:
        """Frames of the longest utterance; 1 for feature vectors."""
        return self.folds.prepared.features.num_frames

    def prepare_data(self) -> None:
        """Make the corpus available, downloading it where that is possible."""
        self.folds.corpus.prepare()

    def setup(self, stage: str | None = None) -> None:
        """List, split and extract; equal arguments always give equal splits.

        Nothing is done twice: a Trainer asks for it again before it trains.
        """
        if self._set_up != self.place:
            self._set_up = None
            self.fold_data = self.folds.fold(*self.place)
            self._set_up = self.place  # last: what failed above is tried again

    def at_fold(self, fold: int, inner: int | None = None) -> CorpusDataModule:
        """Turn to another fold, or to an inner fold of it, keeping what was read and extracted."""
        self.place = (index(fold), inner)
        return self
