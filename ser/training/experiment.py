"""An experiment whose parts are names or objects of a program: its configuration, data, learner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

import ser.data
from ser.augment import Augmentation
from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.features import FrontEnd
from ser.folds import REGIMES, Regime, regime
from ser.models import EmotionClassifier
from ser.models.classifier import SHAPE
from ser.runs.configuration import config_folder
from ser.runs.names import choices_of, run_name
from ser.training.build import build_data, build_learner, forget_data, padding
from ser.training.classical import ClassicalLearner
from ser.training.learner import Learner
from ser.training.networks import network_learner
from ser.training.settings import check_trainer
from ser.training.spelling import Spelt, described, settings_of, spell, word
from ser.training.way import refuse_averaging

DEALT = ("corpus", "front_end", "cv", "fold", "protocol", "augment", "seed", "shuffle_labels",
         "pad_to")  # fmt: skip
LOADED = ("batch_size", "eval_batch_size", "balance", "cache", "verify")


def composed(words: Sequence[str]) -> DictConfig:
    """Compose the configuration of ``ser.train`` that some words ask for, with its hydra node."""
    with initialize_config_dir(config_folder(), version_base="1.3"):
        return compose("train", list(words), return_hydra_config=True)


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
            ConfigError: If data or model is none of these.
        """
        parts = {"data": self._data(), "model": self._model()}
        words = [word for spelt in parts.values() for word in spelt.words]
        there = composed(words)
        for group, spelt in self._beside():
            with_it = composed([*words, *spelt.words])
            if spelt.node is not None or with_it[group] != there[group]:
                parts[group], there = spelt, with_it
                words += spelt.words
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
        folds = self.data.folds if isinstance(self.data, CorpusDataModule) else None
        given = {word.partition("=")[0].partition(".")[0] for word in self.words}
        given |= {"cv"} if self.cv is not None else set()
        kept: dict[str, Any] = {}
        if folds is not None:
            kept = {"cv": folds.regime, "protocol": folds.protocol, "augment": folds.augment}
            kept = {group: part for group, part in kept.items() if group not in given}
        if isinstance(self.cv, Regime):
            kept["cv"] = self.cv
        front_end = self._front_end()
        parts = {g: kept.get(g) or instantiate(cfg[g]) for g in ("cv", "protocol", "augment")}
        return CorpusDataModule(
            self.data if folds is None else folds.corpus,
            instantiate(cfg.features) if front_end is None or "features" in given else front_end,
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
        kind = _kind_of(self.model)
        if not issubclass(kind, EmotionClassifier):
            refuse_averaging(cfg.ensemble, kind.__name__)
            return ClassicalLearner(self.model() if isinstance(self.model, type) else self.model)
        plain: Any = OmegaConf.to_container(cfg, resolve=True)
        check_trainer(plain["trainer"])
        del plain["model"]["_target_"]
        return network_learner(cfg, data, kind, plain["model"])

    def _data(self) -> Spelt:
        if isinstance(self.data, str):
            return Spelt(self.data, (f"data={self.data}",))
        if not isinstance(self.data, Corpus | CorpusDataModule):
            raise ConfigError(
                f"data={type(self.data).__name__} is neither a corpus, nor a datamodule, nor the "
                "name of a corpus; pass one of them, such as ser.data.EmoDBDataModule(root)."
            )
        whole = isinstance(self.data, CorpusDataModule)
        corpus: Any = self.data.folds.corpus if whole else self.data
        if whole and type(self.data) is not CorpusDataModule:
            given = {k: v for k, v in settings_of(self.data).items() if k not in DEALT}
            return replace(spell("data", type(self.data), given), name=corpus.name)
        return replace(
            _of_corpus(corpus, settings_of(self.data) if whole else {}), name=corpus.name
        )

    def _model(self) -> Spelt:
        if isinstance(self.model, str):
            return Spelt(self.model, (f"model={self.model}",))
        kind = _kind_of(self.model)
        if isinstance(self.model, type):
            return spell("model", kind, {})
        if isinstance(self.model, EmotionClassifier):
            settings = {k: v for k, v in self.model.hparams.items() if k not in SHAPE}
            return spell("model", kind, described(settings))
        return spell("model", kind, settings_of(self.model))

    def _beside(self) -> Iterator[tuple[str, Spelt]]:
        """Yield what else is given, by group; a later word of a group wins."""
        front_end, cv = self._front_end(), self.cv
        folds = self.data.folds if isinstance(self.data, CorpusDataModule) else None
        if front_end is not None:
            yield "features", spell("features", type(front_end), described(front_end.settings()))
        elif self.features is not None:
            yield "features", Spelt(str(self.features), (f"features={self.features}",))
        if folds is not None:
            protocol = folds.protocol
            yield "augment", spell("augment", type(folds.augment), _augmentation(folds.augment))
            yield "protocol", spell("protocol", type(protocol), asdict(protocol))
            cv = cv or folds.regime
        if cv is not None:
            yield "cv", _of_regime(cv)

    def _front_end(self) -> FrontEnd | None:
        if isinstance(self.features, FrontEnd):
            return self.features
        taken = self.features is None and isinstance(self.data, CorpusDataModule)
        return self.data.folds.front_end if taken else None


def _kind_of(model: Any) -> type:
    """Class of a model that is an object.

    Raises:
        ConfigError: If it is neither a network nor a classifier.
    """
    kind: type = model if isinstance(model, type) else type(model)
    if not (
        issubclass(kind, EmotionClassifier) or (hasattr(kind, "fit") and hasattr(kind, "predict"))
    ):
        raise ConfigError(
            f"model={kind.__name__} is neither a subclass of ser.models.EmotionClassifier, nor a "
            "classifier of scikit-learn, nor a name; pass one of them, such as ser.models.CNN1D."
        )
    return kind


def _of_corpus(corpus: Corpus, given: Mapping[str, Any]) -> Spelt:
    """Spell a corpus: by the datamodule that is named after it, or as an argument of one."""
    loaded = {key: value for key, value in given.items() if key in LOADED}
    named = getattr(ser.data, f"{type(corpus).__name__}DataModule", None)
    if named is not None and type(corpus).__module__.startswith("ser."):
        return spell("data", named, {**settings_of(corpus), **loaded})
    return spell("data", CorpusDataModule, {"corpus": described(corpus), **loaded})


def _augmentation(augment: Augmentation) -> dict[str, Any]:
    """Settings of an augmentation, whose constructor takes them in another form."""
    parts = {"spec_augment": augment.spec_augment, "mixup": augment.mixup}
    waveform = [described(step) for step in augment.waveform.transforms]
    return {"copies": [*augment.copies], "waveform": waveform, **described(parts)}


def _of_regime(cv: str | Regime) -> Spelt:
    """Spell a regime: by its name, with number of folds and seed where they are others."""
    if isinstance(cv, str):
        return Spelt(cv, (f"cv={cv}",))
    splitter: Any = cv.splitter
    given = {
        "n_splits": getattr(splitter, "n_splits", None),
        "seed": getattr(splitter, "random_state", getattr(splitter, "seed", None)),
    }
    given = {key: value for key, value in given.items() if value is not None}
    for settings in (
        ({}, {k: v for k, v in given.items() if k != "seed"}, given)
        if cv.name in REGIMES and cv.name != "predefined"
        else ()
    ):
        try:
            same = repr(regime(cv.name, **settings)) == repr(cv)
        except ConfigError:
            continue
        if same:
            words = (word(key, value, "cv.") for key, value in settings.items())
            return Spelt(cv.name, (f"cv={cv.name}", *words))
    return Spelt(cv.name, node={"_target_": "ser.folds.Regime", "name": cv.name, "is": repr(cv)})


def _name(cfg: DictConfig, parts: dict[str, Spelt]) -> Path:
    """Name of the run: that of the command, with objects called by their classes."""
    chosen = choices_of(cfg.hydra.runtime.choices, cfg.data)
    chosen |= {group: spelt.name for group, spelt in parts.items() if spelt.node is not None}
    beside = [f"{g}={s.name}" for g, s in parts.items() if s.node is not None and g not in chosen]
    changes = [change for spelt in parts.values() for change in spelt.changes]
    return run_name(chosen, [*cfg.hydra.overrides.task, *beside, *changes], cfg.name)
