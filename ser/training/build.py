"""Build what a configuration names: datamodule and learner. Few modules know Hydra."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError, RunError, in_a_line
from ser.models import EmotionClassifier
from ser.system.reading import read_whole
from ser.training.classical import ClassicalLearner
from ser.training.demands import check_own
from ser.training.device import is_cuda, resolve_accelerator
from ser.training.estimators import build_estimator
from ser.training.fusion import FusionLearner, Part
from ser.training.kinds import refuse_other_kinds
from ser.training.learner import Learner
from ser.training.networks import network_learner
from ser.training.placing import placed
from ser.training.settings import check_settings, check_trainer, find, loggers_in
from ser.training.way import refuse_averaging

BUILT = ("data", "features", "cv", "protocol", "augment")
DATA = (*BUILT, "seed", "shuffle_labels")
LONGEST = 2**18  # bytes of a configuration
OF_A_PART = ("features", "augment", "model")


def build_data(cfg: DictConfig) -> CorpusDataModule:
    """Build the datamodule, with its corpus at hand.

    Jobs of a sweep that follow each other in one process share it, if they agree on all of it.
    """
    return _built(_settings(cfg))


def _settings(cfg: DictConfig) -> str:
    settings = {key: cfg[key] for key in DATA}
    settings["pad_to"] = padding(cfg)
    return json.dumps(OmegaConf.to_container(OmegaConf.create(settings), resolve=True))


def configuration_of(path: Path) -> DictConfig:
    """Read the resolved configuration that a run keeps.

    Raises:
        RunError: If it is absent, damaged, names no corpus, or what is no class of a training.
    """
    if path.parent.is_dir() and not path.exists():
        raise RunError(
            f"{path.parent} has no {path.name}, which is written when a training begins; start "
            "ser.train again with the same words, which writes it."
        )
    try:
        text = read_whole(path, LONGEST).decode()
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise RunError("it repeats parts of itself, as no file of a run does")  # noqa: TRY301
        config = OmegaConf.create(text)
        plain: Any = OmegaConf.to_container(config, resolve=True)
    except Exception as error:  # whatever an edited file can make the reader of YAML raise
        raise RunError(
            f"{path} cannot be read ({in_a_line(error)}); start ser.train again with the same "
            "words, which writes it."
        ) from error
    if not isinstance(config, DictConfig) or "_target_" not in (config.get("data") or {}):
        raise RunError(f"{path} names no corpus; start ser.train again with the same words.")
    refuse_other_kinds(path, plain)
    return config


def build_corpus(data: Mapping[str, Any]) -> Corpus:
    """Build the corpus that the settings of a datamodule name, and nothing else of it."""
    module: CorpusDataModule = instantiate(OmegaConf.create(dict(data)))
    return module.folds.corpus


def padding(cfg: DictConfig) -> str:
    """What batches are padded to: shapes recur where steps are compiled, or recorded as on CUDA."""
    trainer = OmegaConf.select(cfg, "trainer")
    if trainer is None:  # of an audit
        return "batch"
    on_cuda = is_cuda(resolve_accelerator(trainer.accelerator))
    return "corpus" if trainer.compile else ("few" if on_cuda else "batch")


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
    parts = {group: _part_of_data(cfg, group) for group in BUILT if group != "data"}
    with placed("data", plain["data"]):
        data: CorpusDataModule = instantiate(cfg.data, _partial_=True)(
            front_end=parts.pop("features"),
            **parts,
            seed=cfg.seed,
            shuffle_labels=cfg.shuffle_labels,
            pad_to=cfg.pad_to,
        )
    return data


def _part_of_data(cfg: DictConfig, group: str) -> Any:
    with placed(group, cfg[group]):
        return instantiate(cfg[group])


def build_learner(cfg: DictConfig, data: CorpusDataModule) -> Learner:
    """Build what learns: a network in a Trainer, an estimator of scikit-learn, or a fusion of both.

    Raises:
        ConfigError: If the model is none of them, or the trainer cannot do what is asked of it.
    """
    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    settings = plain["model"]
    kind = find("model", settings)
    if kind is FusionLearner:
        check_settings("model", settings)
        if data.augment.copies or data.augment.online:
            _refuse_unheard(plain["augment"], settings["parts"])
        parts = {name: _part(cfg, name, own) for name, own in settings.pop("parts").items()}
        del settings["_target_"]
        return FusionLearner(parts, **settings)
    if not (_is_network(kind) or _is_estimator(kind)):
        raise ConfigError(
            f"model._target_={settings['_target_']} is neither a subclass of "
            "ser.models.EmotionClassifier nor a classifier of scikit-learn; name a class that is "
            "one of them."
        )
    check_settings("model", settings)
    del settings["_target_"]
    if not _is_network(kind):
        refuse_averaging(cfg.ensemble, kind.__name__)
        return ClassicalLearner(build_estimator(kind, settings))
    check_trainer(plain["trainer"])
    for place, logger in loggers_in(plain.get("logger")).items():
        check_settings(place, logger)
    return network_learner(cfg, data, kind, settings)


def check_model(cfg: DictConfig) -> None:
    """Refuse settings of a model that it cannot have, of an estimator by their values as well.

    Networks are built where they are trained, whose devices another machine may lack.

    Raises:
        ConfigError: If a setting is unknown or unfit.
    """
    settings: Any = OmegaConf.to_container(cfg.model, resolve=True)
    kind = find("model", settings)
    check_settings("model", settings)
    del settings["_target_"]
    if not _is_network(kind) and _is_estimator(kind):
        build_estimator(kind, settings)


def _is_network(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, EmotionClassifier)


def _is_estimator(kind: Any) -> bool:
    return hasattr(kind, "fit") and hasattr(kind, "predict")


def _refuse_unheard(augment: Mapping[str, Any], parts: object) -> None:
    """Refuse an augmentation that was asked for, and that no part of a fusion has."""
    if not isinstance(parts, Mapping):
        return  # is refused in a sentence of its own
    if augment not in [part.get("augment") for part in parts.values() if isinstance(part, Mapping)]:
        raise ConfigError(
            "augment= changes no part of this model, for each has its own; write "
            f"augment@model.parts.{next(iter(parts))}.augment=NAME for one of "
            f"{', '.join(map(str, parts))}."
        )


def _part(cfg: DictConfig, name: str, settings: Any) -> Part:
    """Build a part of a fusion: the same folds, with features and a model of its own.

    Raises:
        ConfigError: If a setting of it is absent, unknown or unfit; says of which part.
    """
    place, given = f"model.parts.{name}", settings if isinstance(settings, Mapping) else [settings]
    if set(given) != set(OF_A_PART):
        raise ConfigError(
            f"{place} has {', '.join(map(str, given))}; each part needs features, augment and "
            "model, and nothing else."
        )
    own = cfg.copy()
    own.update(settings)
    try:
        return _built_part(own)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from error


def _built_part(cfg: DictConfig) -> Part:
    data = learnt = _built.__wrapped__(_settings(cfg))
    if cfg.cv.get("inner"):
        cfg.cv.inner = None  # inner folds keep the epochs of no part: it chooses its own
        learnt = _built.__wrapped__(_settings(cfg))
    learner = build_learner(cfg, learnt)
    if isinstance(learner, FusionLearner):
        raise ConfigError("a fusion is no part of another; add its parts to model.parts.")
    return Part(data, learner)
