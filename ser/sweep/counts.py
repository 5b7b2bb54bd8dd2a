"""Numbers that launchers and sweepers are given, asked for before a job is handed to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ser.system.hints import fits
from ser.training.demands import outside, unfit

LEAST: Mapping[str, int] = {  # of what is counted; null leaves it to the plugin
    "n_jobs": -1,  # of joblib: as many as there are cores
    "parallel": 1,
    "timeout_min": 1,
    "max_batch_size": 1,
    "array_parallelism": 1,
    "max_array_size": 1,
    "max_num_timeout": 0,
    "signal_delay_s": 0,
    "nodes": 1,
    "tasks_per_node": 1,
    "cpus_per_task": 1,
    "n_trials": 1,
}
CHOSEN = ("hydra.launcher.n_jobs",)  # which ``auto`` leaves to the launcher


def check_counts(place: str, settings: Mapping[str, Any]) -> None:
    """Refuse what is no number of jobs, tasks or minutes.

    Args:
        place: Where they stand in the configuration, such as ``hydra.launcher``.
        settings: Of a launcher or a sweeper.

    Raises:
        ConfigError: If there is such a value; names it.
    """
    for key in LEAST.keys() & settings.keys():
        name, value = f"{place}.{key}", settings[key]
        kind: Any = int | Literal["auto"] | None if name in CHOSEN else int | None
        if not fits(value, kind):
            raise unfit(name, value, kind)
        if isinstance(value, int) and value < LEAST[key]:
            raise outside(name, value, LEAST[key])
