"""Trainings of ``ser`` in this process, and how long each of their epochs took."""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import DictConfig
from pytorch_lightning import Callback, LightningDataModule, Trainer

from ser.data import CorpusDataModule
from ser.models import EmotionClassifier
from ser.runs.cell import Cell
from ser.runs.configuration import config_folder
from ser.training.build import build_learner
from ser.training.denormals import denormals_flushed
from ser.training.lightning import LightningLearner
from ser.training.sealed import KeptCheckpoints
from ser.training.trainer import build_trainer


def configuration(*words: str) -> DictConfig:
    """What ``ser.train`` is configured with by some words."""
    with initialize_config_dir(str(Path(config_folder()).resolve()), version_base="1.3"):
        return compose("train", list(words))


class Clock(Callback):
    """When each epoch began, and the last one ended."""

    def __init__(self) -> None:
        self.starts: list[float] = []

    def on_train_epoch_start(self, *_: Any) -> None:
        """Note the time."""
        self.starts.append(time.perf_counter())

    on_train_end = on_train_epoch_start

    @property
    def epoch(self) -> float:
        """Median of the seconds of an epoch; the first one warms up and is left out."""
        return statistics.median(b - a for a, b in pairwise(self.starts[1:]))


def cell_in(cfg: DictConfig, fold: int = 0) -> Cell:
    """A fold as ``ser.train`` keeps it, below the output folder."""
    return Cell(Path(cfg.output, "run"), fold)


def network_of(cfg: DictConfig, data: CorpusDataModule) -> EmotionClassifier:
    """Network of a configuration, with its first weights."""
    learner = build_learner(cfg, data)
    if not isinstance(learner, LightningLearner):
        raise TypeError(f"model={cfg.model._target_} is no network")
    return learner.build(data, cfg.seed)


@denormals_flushed()
def fit(
    cfg: DictConfig,
    network: EmotionClassifier,
    data: LightningDataModule,
    cell: Cell,
    *more: Callback,
    record: bool = False,
) -> tuple[Trainer, float]:
    """Train as ``ser.train`` does, with all it does by the way; the Trainer, seconds an epoch."""
    clock = Clock()
    with silent():
        trainer = build_trainer(cfg, cell, record=record)
        trainer.callbacks += [clock, *more]
        trainer.strategy.checkpoint_io = KeptCheckpoints("benchmark")
        trainer.fit(network, data)
    return trainer, clock.epoch


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep what a training tells off the table."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
        yield
