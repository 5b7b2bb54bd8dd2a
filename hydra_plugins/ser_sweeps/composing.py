"""Configurations of jobs that run in this process: the folds of a run are composed once."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from omegaconf import DictConfig, open_dict

from ser.system.recent import Recent

FOLD = "fold="
NUMBER = re.compile(f"{FOLD}(0|[1-9][0-9]*)")


class OncePerRun:
    """Compose jobs as Hydra does, but those that differ in their fold alone once.

    Hydra reads every file of the configuration anew for each job, which takes about as long as an
    epoch of a small network.

    Args:
        loader: The loader of Hydra, which does all else.
    """

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._composed: Recent[DictConfig] = Recent(most=0)  # that of the last run alone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_sweep_config(
        self, master_config: DictConfig, sweep_overrides: list[str]
    ) -> DictConfig:
        """Compose the configuration of a job.

        Args:
            master_config: Configuration of the sweep.
            sweep_overrides: Words of the job.
        """
        folds = [word for word in sweep_overrides if word.startswith(FOLD)]

        def compose() -> DictConfig:
            composed: DictConfig = self._loader.load_sweep_config(master_config, sweep_overrides)
            return composed

        if len(folds) != 1 or not NUMBER.fullmatch(folds[0]):
            return compose()
        key = tuple(FOLD if word in folds else word for word in sweep_overrides)
        return _of_fold(self._composed.get(key, 1, compose), folds[0])


def _of_fold(composed: DictConfig, word: str) -> DictConfig:
    """Configuration of a job, from that of the first job of its run."""
    cfg, first = deepcopy(composed), f"{FOLD}{composed.fold}"
    with open_dict(cfg):
        cfg.fold = int(word.removeprefix(FOLD))
        job, overrides = cfg.hydra.job, cfg.hydra.overrides
        overrides.task = [word if each == first else each for each in overrides.task]
        between = job.config.override_dirname
        old, new = (each.replace("=", between.kv_sep) for each in (first, word))
        parts = job.override_dirname.split(between.item_sep)
        job.override_dirname = between.item_sep.join(new if each == old else each for each in parts)
    return cfg
