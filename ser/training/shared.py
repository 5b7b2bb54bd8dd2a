"""What fills the cells of a run: jobs of a sweep that follow each other in a process share it."""

from __future__ import annotations

import json
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ser.system.recent import Recent
from ser.training.build import build_data, build_learner, forget_data
from ser.training.work import Work

KEPT: Recent[Work] = Recent(most=0)  # the last alone: a corpus may fill the memory


def work_of(cfg: DictConfig) -> Work:
    """Build corpus, folds and learner; jobs that differ in their fold alone share them.

    Raises:
        ConfigError: If they cannot be built, or do not go together.
    """
    config: Any = OmegaConf.to_container(cfg, resolve=True)
    key = json.dumps({**config, "fold": None})
    return KEPT.get(key, 1, lambda: _build(cfg, config))


def forget_work() -> None:
    """Let all be built anew: the corpus, a list or a class may have changed meanwhile."""
    KEPT.clear()
    forget_data()


def _build(cfg: DictConfig, config: dict[str, Any]) -> Work:
    data = build_data(cfg)
    learner = build_learner(cfg, data)
    learner.refuse(data)
    return Work(config, data, learner)
