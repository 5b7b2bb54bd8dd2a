"""Choices of ``conf`` and the constructors that they name: one truth for defaults."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import get_object
from omegaconf import OmegaConf

from ser.runs.configuration import config_folder

GROUPS = ("data", "features", "cv", "protocol", "augment")
FILES = [path for group in GROUPS for path in sorted(Path(config_folder(), group).glob("*.yaml"))]
# Variants of another file are named here; every other file is the home of its constructor.
VARIANTS = {"features/statistics155", "features/statistics161", "features/compare2016",
            "features/functionals6662",
            "features/hubert", "features/wavlm", "protocol/grouped", "protocol/published",
            "augment/published", "augment/tract", "augment/voices"}  # fmt: skip
# A name says which regime is built, and a transform alone always acts: neither has a default.
CHOSEN = {"name", "probability"}


def place(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def nodes(value: object) -> Iterator[dict[str, object]]:
    """Walk what a file builds, itself and everything within it."""
    if isinstance(value, dict):
        if "_target_" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)


def arguments(target: object) -> dict[str, object]:
    """Give the arguments of a constructor and their defaults; ``**options`` are its parent's."""
    found: dict[str, object] = {}
    for kind in getattr(target, "__mro__", (target,)):
        signature = inspect.signature(kind).parameters
        found = {p.name: p.default for p in signature.values()} | found
        if not any(p.kind is p.VAR_KEYWORD for p in signature.values()):
            return found
    raise AssertionError(f"{target} takes anything")


def settings(path: Path) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Give the settings of each node of a file, with the defaults of what it builds."""
    content = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    found = []
    for node in nodes(content):
        given = {key: value for key, value in node.items() if not key.startswith("_")}
        found.append((given, arguments(get_object(str(node["_target_"])))))
    return found


def plain(value: object) -> object:
    """Make a default comparable: a sequence is a list, nothing at all is nothing."""
    value = list(value) if isinstance(value, tuple | list) else value
    return None if value == [] else value


def fixed(given: dict[str, object]) -> dict[str, object]:
    """Keep what is a default and no choice, reference or part."""
    return {
        key: plain(value)
        for key, value in given.items()
        if key not in CHOSEN and not list(nodes(value)) and not str(value).startswith("${")
    }


@pytest.mark.parametrize("path", FILES, ids=place)
def test_every_key_is_an_argument_of_what_the_file_builds(path: Path) -> None:
    unknown = [key for given, known in settings(path) for key in given if key not in known]
    assert unknown == []


@pytest.mark.parametrize("path", [p for p in FILES if place(p) not in VARIANTS], ids=place)
def test_every_default_of_a_constructor_is_that_of_its_file(path: Path) -> None:
    for given, known in settings(path):
        usual = regime_defaults(given) if path.parent.name == "cv" else known
        assert fixed(given) == {key: plain(usual[key]) for key in fixed(given)}


def regime_defaults(given: dict[str, object]) -> dict[str, object]:
    """Give the settings that a regime has when it is asked for by its name alone."""
    from ser.folds import REGIMES, TEST_SIZE, regime

    usual = arguments(regime) | {"n_splits": REGIMES[str(given["name"])].n_splits}
    return usual | {"test_size": TEST_SIZE}


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_variant_differs_from_the_defaults(name: str) -> None:
    given, known = settings(Path(config_folder(), f"{name}.yaml"))[0]
    assert any(value != plain(known[key]) for key, value in fixed(given).items())


@pytest.mark.parametrize("path", sorted(Path(config_folder(), "grid").glob("*.yaml")), ids=place)
def test_a_grid_goes_with_its_model_over_settings_that_it_has(path: Path) -> None:
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", [f"+grid={path.stem}"], return_hydra_config=True)
    assert cfg.hydra.runtime.choices["model"] == path.stem
    assert cfg.cv.inner == 3
    assert all(OmegaConf.select(cfg, key) is not None for key in cfg.hydra.sweeper.params)


@pytest.mark.parametrize("model", ["lda_pair", "lda_trio"])
def test_every_part_of_a_mean_has_the_copies_that_are_asked_for(model: str) -> None:
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", [f"model={model}", "augment=tract"])
    copies = [[*part.augment.copies] for part in cfg.model.parts.values()]
    assert copies == [["longer_tract", "shorter_tract"]] * len(cfg.model.parts)
    assert next(iter(cfg.model.parts)) == "first"
