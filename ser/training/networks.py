"""Build what trains a network, in the way that a configuration asks for."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.models import EmotionClassifier
from ser.models.arguments import constructor_arguments
from ser.models.schedules import refuse_endless
from ser.runs.cell import Cell
from ser.training.device import resolve_accelerator
from ser.training.ensemble import EnsembleLearner
from ser.training.forbidden import refuse_unjudged
from ser.training.learner import Learner
from ser.training.lightning import LightningLearner
from ser.training.recordable import resolve_record
from ser.training.refit import RefitLearner, by_inner_folds, by_validation, fixed
from ser.training.trainer import build_trainer
from ser.training.way import FIXED, is_judged, way_of


def network_learner(
    cfg: DictConfig, data: CorpusDataModule, kind: type[EmotionClassifier], settings: Any
) -> Learner:
    """Build what trains a network: alone, on the whole training side, or as one of several.

    Args:
        cfg: Configuration of the training.
        data: What it is trained on.
        kind: Class of the network.
        settings: Its constructor arguments.

    Raises:
        ConfigError: If the trainer, or the way to train, cannot do what is asked of it.
    """
    way = way_of(cfg)
    refuse_unjudged(cfg.trainer, is_judged(cfg))
    trial = build_trainer(cfg, Cell(Path(cfg.output), 0, cfg.seed))
    refuse_endless({**_defaults(kind), **settings}["schedule"], trial)

    def learner(cfg: DictConfig) -> Learner:
        accelerator = resolve_accelerator(cfg.trainer.accelerator)
        record = resolve_record(accelerator, kind, data.augment, cfg.trainer)
        return LightningLearner(
            kind,
            settings,
            partial(build_trainer, cfg, record=record),
            loading=data.loading,
            augment=data.augment,
            compiled=cfg.trainer.compile,
        )

    def trained_for(epochs: int | None) -> Learner:
        changed = cfg.copy()
        changed.protocol.validation = False
        OmegaConf.update(changed, "trainer.max_epochs", epochs, force_add=True)
        return learner(changed)

    plain = learner(cfg)
    if way.refit == FIXED:
        plain = RefitLearner(fixed(cfg.trainer.get("max_epochs")), trained_for)
    elif way.refit:
        inner = data.folds.regime.inner
        choose = by_inner_folds(plain, inner) if inner else by_validation(plain)
        plain = RefitLearner(choose, trained_for)
    return EnsembleLearner(plain, way.members) if way.members > 1 else plain


def refuse_other_shape(network: EmotionClassifier, data: CorpusDataModule) -> None:
    """Refuse a network that was built for other data; each fold builds it anew, for these.

    Args:
        network: The network.
        data: What it is to be trained on, of which no audio is read.

    Raises:
        ConfigError: If the number of emotions or of features is another one.
    """
    front_end = data.front_end
    there = {"num_classes": len(data.labels), "num_features": front_end.num_features}
    whose = {"num_classes": f"corpus has {', '.join(data.labels)}"}
    whose["num_features"] = f"features are those of {type(front_end).__name__}"
    for key, count in there.items():
        if (own := getattr(network, key)) != count:
            raise ConfigError(
                f"{type(network).__name__} was built with {key}={own}, and here it is {count} (the "
                f"{whose[key]}); pass {key}={count}, or the class {type(network).__name__}, which "
                "each fold builds to fit."
            )


def _defaults(kind: type[EmotionClassifier]) -> dict[str, Any]:
    known = {**constructor_arguments(EmotionClassifier), **constructor_arguments(kind)}
    return {name: argument.default for name, argument in known.items()}
