"""Counts of launchers and sweepers: what ``conf`` has is taken, what cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from ser.errors import ConfigError
from ser.runs.configuration import config_folder
from ser.sweep.counts import check_counts

OURS = sorted(Path(config_folder(), "hydra").glob("[ls]*er/*.yaml"))


@pytest.mark.parametrize("path", OURS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_configured_is_taken(path):
    check_counts(f"hydra.{path.parent.name}", OmegaConf.load(path))


@pytest.mark.parametrize(
    ("place", "key", "value", "rule"),
    [
        ("hydra.launcher", "n_jobs", "many", "a whole number, auto or null"),
        ("hydra.launcher", "n_jobs", -2, "-1 or more"),
        ("hydra.sweeper", "n_jobs", "auto", "a whole number or null"),
        ("hydra.launcher", "timeout_min", 0, "1 or more"),
    ],
)
def test_what_is_no_count_is_refused(place, key, value, rule):
    with pytest.raises(ConfigError, match=rf"^{place}\.{key}=.* must be {rule}; correct it\.$"):
        check_counts(place, {key: value})
