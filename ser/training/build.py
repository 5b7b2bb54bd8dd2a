"""Build what a configuration names: datamodule, learner and trainer. Few modules know Hydra."""

from __future__ import annotations

import json
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from hydra.utils import instantiate
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from lightning_fabric.utilities.exceptions import MisconfigurationException
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Callback, Trainer

from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.models import EmotionClassifier
from ser.runs.cell import Cell
from ser.training.classical import ClassicalLearner
from ser.training.continuing import checkpointing
from ser.training.demands import check_own, refuse_unjudged
from ser.training.device import (
    allow_tf32,
    resolve_accelerator,
    resolve_benchmark,
    resolve_precision,
)
from ser.training.learner import Learner
from ser.training.lightning import LightningLearner, StepSeed
from ser.training.processes import alone
from ser.training.progress import FoldProgress
from ser.training.settings import check_settings, check_trainer, find

BUILT = ("data", "features", "cv", "protocol", "augment")
DATA = (*BUILT, "seed", "shuffle_labels")


def build_data(cfg: DictConfig) -> CorpusDataModule:
    """Build the datamodule, with its corpus at hand.

    Jobs of a sweep that follow each other in one process share it, if they agree on all of it.
    """
    settings = {key: cfg[key] for key in DATA}
    compiled = OmegaConf.select(cfg, "trainer.compile")  # an audit has no trainer
    settings["pad_to"] = "corpus" if compiled else "batch"
    return _built(json.dumps(OmegaConf.to_container(OmegaConf.create(settings), resolve=True)))


def forget_data() -> None:
    """Let the next datamodule be built anew: the corpus or a list may have changed meanwhile."""
    _built.cache_clear()


@lru_cache(maxsize=1)  # a corpus may fill the memory
def _built(settings: str) -> CorpusDataModule:
    plain = json.loads(settings)
    check_own(plain)
    for group in BUILT:
        check_settings(group, plain[group])
    cfg = OmegaConf.create(plain)
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
    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    settings = plain["model"]
    kind = find("model", settings.get("_target_"))
    neural = isinstance(kind, type) and issubclass(kind, EmotionClassifier)
    if not (neural or (hasattr(kind, "fit") and hasattr(kind, "predict"))):
        raise ConfigError(
            f"model._target_={settings['_target_']} is neither a subclass of "
            "ser.models.EmotionClassifier nor a classifier of scikit-learn; name a class that is "
            "one of them."
        )
    check_settings("model", settings)
    del settings["_target_"]
    if not neural:
        return ClassicalLearner(_estimator(kind, settings))
    refuse_unjudged(cfg.trainer, cfg.protocol.validation)
    check_trainer(plain["trainer"])
    if plain.get("logger"):
        check_settings("logger", plain["logger"])
    return LightningLearner(
        kind,
        settings,
        partial(build_trainer, cfg),
        loading=data.loading,
        augment=data.augment,
        compiled=cfg.trainer.compile,
    )


def _estimator(kind: Any, settings: Any) -> Any:
    """Build an estimator whose settings scikit-learn finds fit, before anything is extracted.

    Raises:
        ConfigError: If one is not.
    """
    estimator = kind(**settings)
    check = getattr(estimator, "_validate_params", None)  # which fit calls; some have no such rules
    try:
        if check is not None:
            check()
    except (TypeError, ValueError) as error:
        raise ConfigError(f"model cannot be built: {error} Correct that setting.") from error
    return estimator


def build_trainer(cfg: DictConfig, cell: Cell) -> Trainer:
    """Build the Lightning trainer of one cell.

    Raises:
        ConfigError: If Lightning refuses a setting.
    """
    accelerator = resolve_accelerator(cfg.trainer.accelerator)
    allow_tf32(accelerator)
    kept, logger = not cfg.trainer.fast_dev_run, cfg.get("logger")
    callbacks: list[Callback] = [StepSeed(cell.seed), FoldProgress(title_of(cell, cfg.output))]
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
    return f"{cell.run.relative_to(output).as_posix()} fold {cell.fold}{inner}"
