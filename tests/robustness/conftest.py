"""A run of one fold of the small corpus, of an estimator that is fitted in no time."""

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from ser.runs.configuration import config_folder
from ser.runs.names import run_name
from ser.training.job import train

FOLD = ("cv=kfold", "cv.n_splits=3", "fold=0")


@pytest.fixture(scope="module")
def run(emodb, tmp_path_factory):
    """Give the folder of a finished run."""
    output = tmp_path_factory.mktemp("runs")
    words = ["model=svm", f"data.root={emodb.root}", "data.verify=false", f"output={output}"]
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", [*words, *FOLD], return_hydra_config=True)
    HydraConfig.instance().set_config(cfg)
    name = run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task)
    with open_dict(cfg):
        del cfg["hydra"]
    train(cfg)
    return output / name
