"""Settings on the command line of a training: any key, any value, up to what reads data."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException, InstantiationException
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from fuzz.target import Target
from ser.errors import mistake
from ser.runs.configuration import config_folder
from ser.training.build import build_data, build_learner, forget_data
from ser.training.demands import check_own, refuse_missing

VALUES = (
    "0", "1", "-1", "2", "0.5", "1e9", "1e-9", "1e308", "nan", "inf", "null", "true", "false", "''",
    "x", "2024", "[]", "[1,2]", "{}", "{a:1}", "???", "${seed}", "${nothing}", "ä", "'a b'",
)  # fmt: skip
CHOICES = {
    "model": ("cnn1d", "lstm", "svm", "mlp", "resnet", "nothing"),
    "features": ("mfcc", "logmel", "statistics", "functionals", "nothing"),
    "cv": ("stratified", "speaker", "predefined", "nothing"),
    "data": ("emodb", "synthetic", "nothing"),
    "trainer": ("cpu", "auto", "nothing"),
    "augment": ("none", "waveform", "mixup", "nothing"),
}


@cache
def keys() -> list[str]:
    """Every key of the configuration, dotted."""
    with initialize_config_dir(config_folder(), version_base="1.3"):
        plain = OmegaConf.to_container(compose("train"), resolve=False)
    return sorted(_keys(plain, ""))


def _keys(content: Any, before: str) -> list[str]:
    if not isinstance(content, dict):
        return [before]
    below = [key for name, part in content.items() for key in _keys(part, f"{before}.{name}")]
    return [key.lstrip(".") for key in below]


def _override(sign: str, key: str, value: str) -> str:
    return f"~{key}" if sign == "~" else f"{sign}{key}={value}"


def _overrides() -> st.SearchStrategy[list[str]]:
    signs = st.sampled_from(("", "", "", "++", "+", "~"))
    values = st.one_of(st.sampled_from(VALUES), st.text(max_size=8))
    single = st.builds(_override, signs, st.deferred(lambda: st.sampled_from(keys())), values)
    chosen = [f"{group}={name}" for group, names in CHOICES.items() for name in names]
    return st.lists(st.one_of(single, single, st.sampled_from(chosen)), min_size=1, max_size=4)


def build(folder: Path, overrides: list[str]) -> None:
    """Build what a command would train."""
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", ["data.root=nowhere", "trainer=cpu", *overrides])
    forget_data()
    try:
        refuse_missing(cfg)
        check_own(cfg)
        build_learner(cfg, build_data(cfg))
    except InstantiationException as error:
        raise mistake(error) or error from error


TARGETS = (
    Target(
        "settings of trainings",
        _overrides(),
        build,
        allowed=(HydraException, OmegaConfBaseException),
    ),
)
