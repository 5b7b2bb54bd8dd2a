"""Build what a configuration names: datamodule, learner and trainer. Few modules know Hydra."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from hydra.utils import get_class, instantiate
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from lightning_fabric.utilities.exceptions import MisconfigurationException
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Callback, Trainer

from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError, RunError, in_a_line
from ser.models import EmotionClassifier
from ser.runs.cell import Cell
from ser.training.classical import ClassicalLearner
from ser.training.continuing import checkpointing
from ser.training.demands import refuse_unjudged
from ser.training.device import (
    allow_tf32,
    resolve_accelerator,
    resolve_benchmark,
    resolve_precision,
)
from ser.training.ensemble import EnsembleLearner
from ser.training.learner import Learner
from ser.training.lightning import LightningLearner, StepSeed
from ser.training.processes import alone
from ser.training.progress import FoldProgress
from ser.training.refit import RefitLearner, by_inner_folds, by_validation, fixed
from ser.training.way import FIXED, refuse_averaging, way_of

DATA = ("data", "features", "cv", "protocol", "augment", "seed", "shuffle_labels")


def build_data(cfg: DictConfig) -> CorpusDataModule:
    """Build the datamodule, with its corpus at hand.

    Jobs of a sweep that follow each other in one process share it, if they agree on all of it.
    """
    settings = {key: cfg[key] for key in DATA}
    compiled = OmegaConf.select(cfg, "trainer.compile")  # an audit has no trainer
    settings["pad_to"] = "corpus" if compiled else "batch"
    return _built(json.dumps(OmegaConf.to_container(OmegaConf.create(settings), resolve=True)))


def configuration_of(path: Path) -> DictConfig:
    """Read the resolved configuration that a run keeps.

    Raises:
        RunError: If it is absent, damaged, or names no corpus.
    """
    try:
        config = OmegaConf.load(path)
    except Exception as error:  # whatever an edited file can make the reader of YAML raise
        raise RunError(
            f"{path} cannot be read ({in_a_line(error)}); start ser.train again with the same "
            "words, which writes it."
        ) from error
    if not isinstance(config, DictConfig) or "_target_" not in (config.get("data") or {}):
        raise RunError(f"{path} names no corpus; start ser.train again with the same words.")
    return config


def build_corpus(data: Mapping[str, Any]) -> Corpus:
    """Build the corpus that the settings of a datamodule name, and nothing else of it."""
    module: CorpusDataModule = instantiate(OmegaConf.create(dict(data)))
    return module.folds.corpus


def forget_data() -> None:
    """Let the next datamodule be built anew: the corpus or a list may have changed meanwhile."""
    _built.cache_clear()


@lru_cache(maxsize=1)  # a corpus may fill the memory
def _built(settings: str) -> CorpusDataModule:
    cfg = OmegaConf.create(json.loads(settings))
    make = instantiate(cfg.data, _partial_=True)
    data: CorpusDataModule = make(
        front_end=instantiate(cfg.features),
        cv=instantiate(cfg.cv),
        protocol=instantiate(cfg.protocol),
        augment=instantiate(cfg.augment),
        seed=cfg.seed,
        shuffle_labels=cfg.shuffle_labels,
        pad_to=cfg.pad_to,
    )
    return data


def build_learner(cfg: DictConfig, data: CorpusDataModule) -> Learner:
    """Build what learns: a network in a Trainer, or an estimator of scikit-learn.

    Raises:
        ConfigError: If the model is neither, or the trainer cannot do what is asked of it.
    """
    settings: Any = OmegaConf.to_container(cfg.model, resolve=True)
    target = settings.pop("_target_")
    kind: Any = get_class(target)
    if issubclass(kind, EmotionClassifier):
        return _network_learner(cfg, data, kind, settings)
    if hasattr(kind, "fit") and hasattr(kind, "predict"):
        refuse_averaging(cfg.ensemble, kind.__name__)
        return ClassicalLearner(kind(**settings))
    raise ConfigError(
        f"model._target_={target} is neither a subclass of ser.models.EmotionClassifier nor a "
        "classifier of scikit-learn; name a class that is one of them."
    )


def _network_learner(
    cfg: DictConfig, data: CorpusDataModule, kind: type[EmotionClassifier], settings: Any
) -> Learner:
    """Build what trains a network: alone, on the whole training side, or as one of several."""
    way = way_of(cfg)
    refuse_unjudged(cfg.trainer, cfg.protocol.validation and way.refit != FIXED)

    def learner(cfg: DictConfig) -> Learner:
        return LightningLearner(
            kind,
            settings,
            partial(build_trainer, cfg),
            loading=data.loading,
            augment=data.augment,
            compiled=cfg.trainer.compile,
        )

    def trained_for(epochs: int) -> Learner:
        changed = cfg.copy()
        changed.trainer.max_epochs, changed.protocol.validation = epochs, False
        return learner(changed)

    plain = learner(cfg)
    if way.refit == FIXED:
        plain = RefitLearner(fixed(cfg.trainer.max_epochs), trained_for)
    elif way.refit:
        inner = data.folds.regime.inner
        choose = by_inner_folds(plain, inner) if inner else by_validation(plain)
        plain = RefitLearner(choose, trained_for)
    return EnsembleLearner(plain, way.members) if way.members > 1 else plain


def build_trainer(cfg: DictConfig, cell: Cell) -> Trainer:
    """Build the Lightning trainer of one cell.

    Raises:
        ConfigError: If Lightning refuses a setting.
    """
    accelerator = resolve_accelerator(cfg.trainer.accelerator)
    allow_tf32(accelerator)
    kept, logger = not cfg.trainer.fast_dev_run, cfg.get("logger")
    callbacks: list[Callback] = [StepSeed(cell.draws), FoldProgress(title_of(cell, cfg.output))]
    if kept:
        callbacks += checkpointing(cell, cfg.protocol.validation, cfg.early_stopping)
    settings = {key: value for key, value in cfg.trainer.items() if key != "compile"}
    settings |= {
        "accelerator": accelerator,
        "benchmark": resolve_benchmark(cfg.trainer.benchmark, cfg.trainer, accelerator),
        "precision": resolve_precision(str(cfg.trainer.precision), accelerator),
        "enable_checkpointing": kept,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "num_sanity_val_steps": 0,
        "log_every_n_steps": 1_000_000_000,  # figures are logged by the epoch
        "default_root_dir": str(cell.folder),
    }
    make = instantiate(settings, _partial_=True)
    writes = instantiate(logger, save_dir=str(cell.folder)) if kept and logger else False
    plugins = [LightningEnvironment()] if alone(cfg.trainer) else None
    try:
        trainer: Trainer = make(callbacks=callbacks, logger=writes, plugins=plugins)
    except (TypeError, ValueError, MisconfigurationException) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ConfigError(
            f"the trainer cannot be built with these settings: {reason}. Correct that setting of "
            "trainer, or leave it out."
        ) from error
    return trainer


def title_of(cell: Cell, output: str | Path) -> str:
    """What a cell is called on the terminal, such as ``emodb/cnn1d/speaker fold 3``."""
    inner = "" if cell.inner is None else f", inner fold {cell.inner}"
    part = f", {cell.part.replace('-', ' ').replace('/', ', ')}" if cell.part else ""
    return f"{cell.run.relative_to(output).as_posix()} fold {cell.fold}{inner}{part}"
