"""Configurations of jobs that run in this process: the folds of a run are composed once."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from omegaconf import DictConfig, open_dict

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
        self._key: list[str] = []
        self._first: tuple[str, DictConfig] | None = None

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
        key = [FOLD if word in folds else word for word in sweep_overrides]
        if len(folds) != 1 or not NUMBER.fullmatch(folds[0]):
            return self._loader.load_sweep_config(master_config, sweep_overrides)
        if self._first is None or key != self._key:
            self._key = key
            self._first = folds[0], self._loader.load_sweep_config(master_config, sweep_overrides)
        return _of_fold(*self._first, folds[0])


def _of_fold(first: str, composed: DictConfig, word: str) -> DictConfig:
    """Configuration of a job, from that of the first job of its run."""
    cfg = deepcopy(composed)
    with open_dict(cfg):
        cfg.fold = int(word.removeprefix(FOLD))
        job, overrides = cfg.hydra.job, cfg.hydra.overrides
        overrides.task = [word if each == first else each for each in overrides.task]
        between = job.config.override_dirname
        old, new = (each.replace("=", between.kv_sep) for each in (first, word))
        parts = job.override_dirname.split(between.item_sep)
        job.override_dirname = between.item_sep.join(new if each == old else each for each in parts)
    return cfg
