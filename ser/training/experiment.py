"""An experiment whose parts are names or objects of a program: its configuration, data, learner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from sklearn.base import clone

from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.features import FrontEnd
from ser.folds import Regime
from ser.models import EmotionClassifier
from ser.runs.configuration import config_folder
from ser.runs.corpora import spell_corpora
from ser.runs.corpus_words import key_of
from ser.runs.loggers import spell_loggers
from ser.runs.names import CHOICES, choices_of, run_name
from ser.training.build import build_data, build_learner, forget_data, padding
from ser.training.classical import ClassicalLearner
from ser.training.estimators import build_estimator
from ser.training.learner import Learner
from ser.training.networks import network_learner, refuse_other_shape
from ser.training.parts import (
    LOADED,
    kind_of,
    settings_of_augmentation,
    spell_data,
    spell_model,
    spell_regime,
)
from ser.training.settings import check_trainer
from ser.training.spelling import Spelt, described, spell
from ser.training.way import refuse_averaging


def composed(words: Sequence[str]) -> DictConfig:
    """Compose the configuration of ``ser.train`` that some words ask for, with its hydra node."""
    with initialize_config_dir(config_folder(), version_base="1.3"):
        return compose("train", spell_loggers(spell_corpora(words)), return_hydra_config=True)


@dataclass(frozen=True)
class Experiment:
    """What is trained on what.

    Args:
        data: Name of a corpus, the corpus, or a datamodule, whose features, folds, protocol and
            augmentation are taken where nothing else is asked for.
        model: Name of a model, a network or its class, or an estimator of scikit-learn.
        features: Name of features, or a front end.
        cv: Name of a regime, or one.
        words: Further words, as on the command line.
    """

    data: str | Corpus | CorpusDataModule
    model: Any
    features: str | FrontEnd | None = None
    cv: str | Regime | None = None
    words: tuple[str, ...] = ()

    def configuration(self) -> tuple[DictConfig, Path]:
        """The configuration of ``ser.train`` for it, and the name of its run.

        Raises:
            ConfigError: If data or model is none of these, or words are of a corpus that is built.
        """
        self._refuse_built()
        parts, words, _ = self._spelt
        cfg = composed([*words, *self.words])
        name = _name(cfg, parts)
        OmegaConf.set_struct(cfg, False)
        del cfg["hydra"]
        for group, spelt in parts.items():
            if spelt.node is not None:
                cfg[group] = dict(spelt.node)
        return cfg, name

    def build_data(self, cfg: DictConfig) -> CorpusDataModule:
        """Build the datamodule: of what is given here, and else as the configuration says."""
        if isinstance(self.data, str):
            forget_data()
            return build_data(cfg)
        objects = self._objects()
        parts = {
            group: objects[group] if self._unchanged(group, cfg) else instantiate(cfg[group])
            for group in ("features", "cv", "protocol", "augment")
        }
        return CorpusDataModule(
            self.data.folds.corpus if isinstance(self.data, CorpusDataModule) else self.data,
            parts.pop("features"),
            **parts,
            **{key: cfg.data[key] for key in LOADED if key in cfg.data},
            seed=cfg.seed,
            shuffle_labels=cfg.shuffle_labels,
            pad_to=padding(cfg),
        )

    def build_learner(self, cfg: DictConfig, data: CorpusDataModule) -> Learner:
        """Build what learns."""
        if isinstance(self.model, str):
            return build_learner(cfg, data)
        kind = kind_of(self.model)
        if not issubclass(kind, EmotionClassifier):
            refuse_averaging(cfg.ensemble, kind.__name__)
            return ClassicalLearner(self._estimator(cfg))
        if isinstance(self.model, EmotionClassifier):
            refuse_other_shape(self.model, data)
        plain: Any = OmegaConf.to_container(cfg, resolve=True)
        check_trainer(plain["trainer"])
        del plain["model"]["_target_"]
        return network_learner(cfg, data, kind, plain["model"])

    @cached_property
    def _spelt(self) -> tuple[dict[str, Spelt], list[str], DictConfig]:
        """Each part, the words for all of them, and what these compose."""
        parts = {"data": spell_data(self.data), "model": spell_model(self.model)}
        words = [word for spelt in parts.values() for word in spelt.words]
        there = composed(words)
        for group, spelt in self._beside():
            with_it = composed([*words, *spelt.words])
            if spelt.node is not None or with_it[group] != there[group]:
                parts[group], there = spelt, with_it
                words += spelt.words
        return parts, words, there

    def _refuse_built(self) -> None:
        """Refuse words that would be recorded of a corpus, and change nothing of it.

        Raises:
            ConfigError: If there is one; names it.
        """
        if isinstance(self.data, str):
            return
        for group, _, setting in (key_of(word).partition(".") for word in self.words):
            if group in ("data", "test_data") and setting not in LOADED:
                key = f"{group}.{setting}".rstrip(".")
                raise ConfigError(
                    f"{key} cannot change a corpus that is built already; build it so, or pass its "
                    'name, as "emodb", in the place of the object.'
                )

    def _estimator(self, cfg: DictConfig) -> Any:
        """The classifier as the configuration has it, or the one given, with what words change."""
        settings: Any = OmegaConf.to_container(cfg.model, resolve=True)
        del settings["_target_"]
        if isinstance(self.model, type):
            return build_estimator(self.model, settings)
        keys = map(key_of, self.words)
        names = [key.removeprefix("model.") for key in keys if key.startswith("model.")]
        changed = {name: settings[name] for name in names}
        return clone(self.model).set_params(**changed) if changed else self.model

    def _objects(self) -> dict[str, Any]:
        """Parts that are objects; None for one that a name stands for, or nothing."""
        module = self.data if isinstance(self.data, CorpusDataModule) else None
        found = dict.fromkeys(("features", "cv", "protocol", "augment"))
        if module is not None:
            folds = module.folds
            found |= {"features": folds.front_end, "cv": folds.regime}
            found |= {"protocol": folds.protocol, "augment": folds.augment}
        for group, given in (("features", self.features), ("cv", self.cv)):
            if given is not None:
                found[group] = None if isinstance(given, str) else given
        return found

    def _unchanged(self, group: str, cfg: DictConfig) -> bool:
        """Whether a part is an object, and no further word changes it."""
        parts, _, there = self._spelt
        if self._objects()[group] is None:
            return False
        if group in parts and parts[group].node is not None:
            return bool(cfg[group] == parts[group].node)
        return bool(cfg[group] == there[group])

    def _beside(self) -> Iterator[tuple[str, Spelt]]:
        """Yield what else is given, by group."""
        found = self._objects()
        if isinstance(self.features, str):
            yield "features", Spelt(self.features, (f"features={self.features}",))
        elif (front_end := found["features"]) is not None:
            yield "features", spell("features", type(front_end), described(front_end.settings()))
        if (augment := found["augment"]) is not None:
            yield "augment", spell("augment", type(augment), settings_of_augmentation(augment))
        if (protocol := found["protocol"]) is not None:
            yield "protocol", spell("protocol", type(protocol), asdict(protocol))
        if (cv := self.cv or found["cv"]) is not None:
            yield "cv", spell_regime(cv)


def _name(cfg: DictConfig, parts: dict[str, Spelt]) -> Path:
    """Name of the run: that of the command, with objects called by their classes."""
    chosen = choices_of(cfg.hydra.runtime.choices, cfg.data)
    chosen |= {group: spelt.name for group, spelt in parts.items() if spelt.node is not None}
    beside = [f"{g}={s.name}" for g, s in parts.items() if s.node is not None and g not in CHOICES]
    changes = [change for spelt in parts.values() for change in spelt.changes]
    return run_name(chosen, [*cfg.hydra.overrides.task, *beside, *changes], cfg.name)
