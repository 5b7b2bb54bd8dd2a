"""A job on the small corpus, as the command line starts it."""

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from ser.runs.configuration import config_folder
from ser.runs.names import run_name
from ser.training.job import train

SMALL = ("cv=kfold", "cv.n_splits=3", "trainer.max_epochs=3", "trainer=cpu", "logger=csv")


@pytest.fixture(scope="session")
def start_in(emodb):
    """Start a job on the small corpus that writes into a folder; gives its run folder."""

    def start_in(output, *overrides, change=None):
        words = [
            "data=emodb",
            f"data.root={emodb.root}",
            "data.verify=false",
            *SMALL,
            f"output={output}",
            *overrides,
        ]
        with initialize_config_dir(config_folder(), version_base="1.3"):
            cfg = compose("train", words, return_hydra_config=True)
        HydraConfig.instance().set_config(cfg)
        name = run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task)
        with open_dict(cfg):
            del cfg["hydra"]
        for key, value in (change or {}).items():
            cfg.model[key] = value
        train(cfg)
        return output / name

    return start_in


@pytest.fixture
def start(start_in, tmp_path):
    """Start a job on the small corpus in a folder of the test; gives its run folder."""

    def start(*overrides, change=None, output="runs"):
        return start_in(tmp_path / output, *overrides, change=change)

    return start
