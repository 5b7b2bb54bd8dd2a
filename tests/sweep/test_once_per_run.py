"""Jobs that differ in their fold alone are composed once, and to what Hydra would have made."""

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import OmegaConf

from hydra_plugins.ser_sweeps.composing import OncePerRun
from ser.runs.configuration import config_folder

JOBS = [
    ["model=lstm", "cv=kfold", "fold=0", "code=1"],
    ["model=lstm", "cv=kfold", "fold=10", "code=1"],
    ["model=lstm", "cv=kfold", "fold=2", "code=1"],
    ["model=lstm", "cv=speaker", "fold=2", "code=1"],
    ["model=lstm", "cv=speaker", "seed=1", "title='folds, fold=2'", "fold=2"],
    ["model=lstm", "cv=speaker", "seed=1", "title='folds, fold=2'", "fold=3"],
    ["fold=3", "model=mlp"],
    ["fold=4", "model=mlp"],
    ["model=mlp", "fold=all"],
    ["model=mlp"],
]


class Counting:
    def __init__(self, loader):
        self.loader = loader
        self.composed = 0

    def load_sweep_config(self, master, words):
        self.composed += 1
        return self.loader.load_sweep_config(master, words)


@pytest.fixture
def loader():
    with initialize_config_dir(config_folder(), version_base="1.3"):
        yield GlobalHydra.instance().config_loader()


def master_of(loader, *words):
    return loader.load_configuration("train", list(words), RunMode.MULTIRUN)


@pytest.mark.parametrize("words", [[], ["hydra.job.config.override_dirname.kv_sep=-"]])
def test_every_job_has_the_configuration_that_hydra_makes(loader, words):
    master = master_of(loader, *words)
    once = OncePerRun(loader)
    for job in JOBS:
        mine, theirs = (each.load_sweep_config(master, job) for each in (once, loader))
        assert OmegaConf.to_container(mine) == OmegaConf.to_container(theirs)
        assert mine.hydra.job.override_dirname == theirs.hydra.job.override_dirname


def test_folds_of_a_run_are_composed_once_and_share_nothing(loader):
    counting = Counting(loader)
    once, master = OncePerRun(counting), master_of(loader)
    first, second = (
        once.load_sweep_config(master, ["model=lstm", f"fold={fold}"]) for fold in (0, 1)
    )
    first.model.dropout = 0.9
    third = once.load_sweep_config(master, ["model=lstm", "fold=2"])
    assert counting.composed == 1
    assert (first.fold, second.fold, third.fold) == (0, 1, 2)
    assert third.model.dropout == second.model.dropout != 0.9


def test_what_else_a_loader_does_is_left_to_hydra(loader):
    assert OncePerRun(loader).get_sources() == loader.get_sources()
