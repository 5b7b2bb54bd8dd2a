"""Build what a configuration names: datamodule, network and trainer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf

from ser.training.processes import alone

if TYPE_CHECKING:
    from ser.data import CorpusDataModule
    from ser.models import EmotionClassifier
    from ser.runs.cell import Cell

DATA = ("data", "features", "cv", "protocol", "augment", "seed", "shuffle_labels")


def build_data(cfg: DictConfig) -> CorpusDataModule:
    """Build the datamodule, with its corpus at hand.

    Jobs of a sweep that follow each other in one process share it, if they agree on all of it.
    """
    settings = {key: cfg[key] for key in DATA}
    compiled = OmegaConf.select(cfg, "trainer.compile")  # an audit has no trainer
    settings["pad_to"] = "corpus" if compiled else "batch"
    return _built(json.dumps(OmegaConf.to_container(OmegaConf.create(settings), resolve=True)))


@lru_cache(maxsize=1)  # a corpus may fill the memory
def _built(settings: str) -> CorpusDataModule:
    from hydra.utils import instantiate  # noqa: PLC0415

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
    data.prepare_data()
    return data


def build_network(
    settings: Mapping[str, Any], data: CorpusDataModule, seed: int
) -> EmotionClassifier:
    """Build the network of a model node, of the size that fits the data, with its first weights."""
    import torch  # noqa: PLC0415
    from hydra.utils import get_class  # noqa: PLC0415

    torch.manual_seed(seed)
    kind: Any = get_class(settings["_target_"])
    arguments = {key: value for key, value in settings.items() if key != "_target_"}
    network: EmotionClassifier = kind.for_data(data, **arguments)
    return network


def build_trainer(cfg: DictConfig, cell: Cell) -> Any:
    """Build the Lightning trainer of one fold."""
    from hydra.utils import instantiate  # noqa: PLC0415
    from lightning_fabric.plugins.environments.lightning import LightningEnvironment  # noqa: PLC0415

    from ser.training.device import (  # noqa: PLC0415
        allow_tf32,
        resolve_accelerator,
        resolve_benchmark,
        resolve_precision,
    )
    from ser.training.lightning import StepSeed, checkpointing  # noqa: PLC0415
    from ser.training.progress import FoldProgress  # noqa: PLC0415

    accelerator = resolve_accelerator(cfg.trainer.accelerator)
    allow_tf32(accelerator)
    kept = not cfg.trainer.fast_dev_run
    logger = instantiate(cfg.logger, save_dir=str(cell.folder)) if kept and cfg.logger else False
    inner = "" if cell.inner is None else f", inner fold {cell.inner}"
    title = f"{cell.run.relative_to(cfg.output).as_posix()} fold {cell.fold}{inner}"
    callbacks = [StepSeed(cell.seed), FoldProgress(title)]
    if kept:
        callbacks += checkpointing(cell, cfg.protocol.validation, cfg.early_stopping)
    settings = {key: value for key, value in cfg.trainer.items() if key != "compile"}
    return instantiate(settings, _partial_=True)(
        accelerator=accelerator,
        benchmark=resolve_benchmark(cfg.trainer.benchmark, cfg.trainer, accelerator),
        precision=resolve_precision(str(cfg.trainer.precision), accelerator),
        callbacks=callbacks,
        logger=logger,
        enable_checkpointing=kept,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1_000_000_000,  # figures are logged by the epoch
        default_root_dir=str(cell.folder),
        plugins=[LightningEnvironment()] if alone(cfg.trainer) else None,
    )
