"""One fold of a corpus as a LightningDataModule."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor
from torch.nn.functional import one_hot
from torch.utils.data import DataLoader

from ser.augment import COPIES_VERSION, Augmentation
from ser.augment import view as make_copy
from ser.corpora.corpus import Corpus, Utterance
from ser.data.batches import Batch, EpochBatches, FeatureSet
from ser.errors import ConfigError
from ser.features import FrontEnd, RawWaveform
from ser.features.store import Features, content_hashes, extract
from ser.folds import Fold, Regime, regime
from ser.folds.leakage import check_fold, describe
from ser.folds.overlaps import Overlap, overlaps_of
from ser.folds.protocol import Protocol

PADDINGS = ("batch", "corpus")


class CorpusDataModule(LightningDataModule):
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
        pad_to: Longest utterance that a batch is padded to: of the ``batch``, which is faster, or
            of the ``corpus``, which gives a compiled network equal shapes at every step.
        seed: Seed of the order of training batches, of augmentation and of shuffled labels.
        shuffle_labels: Permute the emotions of the recordings, copies included: whatever is
            then above chance has leaked.
        cache: Folder of the feature store; None takes the user cache.
        verify: Whether to hold the corpus against its published counts.

    Raises:
        CorpusError: From ``prepare_data`` or ``setup``, if the corpus is absent or incomplete.
        AudioError: From ``setup``, if a file cannot be decoded.
        FoldError: From ``setup``, if the fold does not exist.
        ConfigError: If ``pad_to`` is unknown.
    """

    feature_mean: Tensor
    feature_std: Tensor

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
        pad_to: str = "batch",
        seed: int = 0,
        shuffle_labels: bool = False,
        cache: str | Path | None = None,
        verify: bool = True,
    ) -> None:
        super().__init__()
        if pad_to not in PADDINGS:
            raise ConfigError(f"pad_to={pad_to} is unknown; choose {' or '.join(PADDINGS)}.")
        self.corpus = corpus
        self.front_end = front_end
        self.regime = regime(cv) if isinstance(cv, str) else cv
        self.fold_index = fold
        self.inner_index: int | None = None
        self.protocol = protocol or Protocol()
        self.augment = augment or Augmentation()
        self.views = ("original", *self.augment.copies)
        self.batch_size = batch_size
        self.eval_batch_size = eval_batch_size
        self.pad_to = pad_to
        self.seed = seed
        self.shuffle_labels = shuffle_labels
        self.cache = Path(cache) if cache else None
        self.verify = verify
        self.utterances: list[Utterance] = []
        self._place: tuple[int, int | None] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Emotions in class order."""
        return self.corpus.labels

    @property
    def num_classes(self) -> int:
        """Number of emotions."""
        return len(self.labels)

    @property
    def num_features(self) -> int:
        """Channels of the features, or numbers in a feature vector."""
        return self.front_end.num_features

    @property
    def num_folds(self) -> int:
        """Number of folds that the regime gives on this corpus; nothing is extracted for it."""
        self._list()
        return self.regime.num_folds(self.utterances)

    @property
    def num_frames(self) -> int:
        """Frames of the longest utterance; 1 for feature vectors."""
        self._read()
        return self.features.num_frames

    def prepare_data(self) -> None:
        """Make the corpus available, downloading it where that is possible."""
        self.corpus.prepare()

    def setup(self, stage: str | None = None) -> None:
        """List, split and extract; equal arguments always give equal splits.

        Nothing is done twice: a Trainer asks for it again before it trains.
        """
        place = (self.fold_index, self.inner_index)
        if self._place == place:
            return
        self._read()
        self._place = None
        self.fold = self._split(*place)
        self.overlaps = self._checked(self.fold)
        self._fit_scaler()
        self._place = place  # last: what failed above is tried again

    def at_fold(self, fold: int, inner: int | None = None) -> CorpusDataModule:
        """Turn to another fold, or to an inner fold of it, keeping what was read and extracted."""
        self.fold_index = fold
        self.inner_index = inner
        return self

    def leakage(self) -> list[str]:
        """What the sides of the folds share, in lines for the report."""
        return list(self._shared)

    @cached_property
    def _shared(self) -> list[str]:
        self._read()
        folds = (self._split(i) for i in range(self.num_folds))
        return describe([overlaps_of(fold, self.rows, self._contents()) for fold in folds])

    def fold_ids(self) -> dict[str, Any]:
        """Ids on each side of the fold, for ``folds.json``."""
        sides = {side: getattr(self.fold, side) for side in ("train", "validation", "test")}
        ids = {side: [self.rows[i].id for i in items] for side, items in sides.items()}
        inner = {} if self.inner_index is None else {"inner": self.inner_index}
        return {"cv": self.regime.name, "fold": self.fold_index, **inner, **ids}

    def train_dataloader(self) -> DataLoader[Batch]:
        """Shuffled batches of the training side; waveforms, if they are to be changed."""
        store = self._waveforms if self.augment.changes_waveforms else self.features
        return self._loader(self.fold.train, self.batch_size, self.seed, store)

    def val_dataloader(self) -> DataLoader[Batch] | list[Any]:
        """Batches of the validation side, in order; none where the protocol has no such side."""
        if not self.protocol.validation:
            return []
        return self._loader(self.fold.validation, self.eval_batch_size)

    def test_dataloader(self) -> DataLoader[Batch]:
        """Batches of the test side, in order."""
        return self._loader(self.fold.test, self.eval_batch_size)

    predict_dataloader = test_dataloader

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Augment a training batch, on the device that it trains on."""
        trainer = self.trainer
        if trainer is None or not (trainer.training and self.augment.online):
            return batch
        key = (self.seed, trainer.global_step, trainer.global_rank)
        return self._augmented(batch, _generator(key, batch[0].device))

    def _augmented(self, batch: Batch, generator: torch.Generator) -> Batch:
        features, lengths, target = batch
        if self.augment.changes_waveforms:
            waveform, samples = self.augment.change_waveforms(features[:, 0], lengths, generator)
            features = self.front_end.to(waveform.device)(waveform, samples)
            lengths = self.front_end.num_frames(samples)
        if self.augment.mixup is not None:
            target = one_hot(target, self.num_classes).to(features)
        scaled, lengths, target = self.augment.change_features(
            self._scale(features, lengths), lengths, target, generator
        )
        mean, std = self._scaler(features)
        return Batch(scaled * std + mean, lengths, target)

    def _scale(self, features: Tensor, lengths: Tensor) -> Tensor:
        mean, std = self._scaler(features)
        scaled = (features - mean) / torch.where(std > 0, std, 1.0)
        if not self.front_end.sequence:
            return scaled
        frame = torch.arange(features.shape[-1], device=features.device)
        return scaled * (frame < lengths[:, None])[:, None]

    def _scaler(self, features: Tensor) -> tuple[Tensor, Tensor]:
        shape = (-1, 1) if self.front_end.sequence else (-1,)
        mean, std = self.feature_mean.to(features), self.feature_std.to(features)
        return mean.view(shape), std.view(shape)

    def _list(self) -> None:
        if self.utterances:
            return
        self.corpus.prepare()
        if self.verify:
            self.corpus.verify()
        utterances = self.corpus.utterances()
        self.utterances = _shuffled(utterances, self.seed) if self.shuffle_labels else utterances

    def _read(self) -> None:
        if hasattr(self, "targets"):
            return
        self._list()
        utterances = self.utterances
        self.hashes = content_hashes(utterances)
        self.features = Features.join([self._extract(utterances, name) for name in self.views])
        if self.augment.changes_waveforms:
            raw = RawWaveform(self.front_end.sample_rate)
            self._waveforms = extract(utterances, raw, self.hashes, self.cache)
        self.rows = [_row(u, view) for view in self.views for u in utterances]
        classes = {label: i for i, label in enumerate(self.labels)}
        # Last: what failed above is tried again.
        self.targets = torch.tensor([classes[u.emotion] for u in self.rows])

    def _extract(self, utterances: list[Utterance], name: str) -> Features:
        if name == "original":
            return extract(utterances, self.front_end, self.hashes, self.cache)
        made = partial(_copy, name, self.front_end.sample_rate)
        key = f"{name}-v{COPIES_VERSION}"
        return extract(
            utterances, self.front_end, self.hashes, self.cache, view=made, view_name=key
        )

    def _split(self, index: int, inner: int | None = None) -> Fold:
        """Deal whole utterances with their copies to the sides, or single rows."""
        by_row = self.protocol.unit == "row"
        units = self.rows if by_row else self.utterances
        fold = self.regime.fold(units, index, self.protocol.validation)
        if inner is not None:
            fold = self.regime.inner_fold(units, fold, inner, self.protocol.validation)
        if by_row:
            return fold
        copies = np.arange(len(self.views)) * len(self.utterances)
        test = copies if self.protocol.test_copies else copies[:1]
        return Fold(
            fold.index,
            train=np.add.outer(copies, fold.train).ravel(),
            validation=fold.validation,
            test=np.add.outer(test, fold.test).ravel(),
        )

    def _checked(self, fold: Fold) -> list[Overlap]:
        """Refuse a fold whose sides share what they must not; give what they share."""
        rows = self.protocol.unit == "row"
        return check_fold(fold, self.rows, self.regime, hashes=self._contents(), copies=rows)

    def _contents(self) -> dict[str, str]:
        return dict(zip((u.id for u in self.utterances), self.hashes, strict=True))

    def _fit_scaler(self) -> None:
        rows = {"train": self.fold.train, "all": np.arange(len(self.rows))}
        if self.protocol.scaler == "none":
            channels = self.features.values.shape[1]
            self.feature_mean, self.feature_std = torch.zeros(channels), torch.ones(channels)
        else:
            chosen = torch.from_numpy(rows[self.protocol.scaler])
            self.feature_mean, self.feature_std = self.features.moments(chosen)

    def _loader(
        self, side: Any, batch_size: int, seed: int | None = None, store: Features | None = None
    ) -> DataLoader[Batch]:
        features = store or self.features
        frames = features.num_frames if self.pad_to == "corpus" else None
        data = FeatureSet(features, self.targets, torch.from_numpy(side), frames)
        return DataLoader(
            data,
            batch_size=None,
            sampler=EpochBatches(len(data), batch_size, seed),
            pin_memory=torch.cuda.is_available(),
        )


def _shuffled(utterances: list[Utterance], seed: int) -> list[Utterance]:
    order = np.random.default_rng([seed, 0x5E12]).permutation(len(utterances))
    emotions = [utterances[i].emotion for i in order]
    return [replace(u, emotion=e) for u, e in zip(utterances, emotions, strict=True)]


def _generator(key: tuple[int, ...], device: torch.device) -> torch.Generator:
    """Seed a generator for one step alone, so that a continued run draws the same."""
    seed = int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> np.uint64(1))
    return torch.Generator(device).manual_seed(seed)


def _row(utterance: Utterance, view: str) -> Utterance:
    return utterance if view == "original" else replace(utterance, id=f"{utterance.id}#{view}")


def _copy(name: str, sample_rate: int, waveform: Tensor, utterance: Utterance) -> Tensor:
    return make_copy(name, waveform, sample_rate, utterance.id, seed=0)
