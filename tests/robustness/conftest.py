"""A run of one fold of the small corpus, of an estimator that is fitted in no time."""

import shutil
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from ser.runs.configuration import config_folder
from ser.runs.layout import IDENTITY
from ser.training.job import train

FOLD = ("cv=kfold", "cv.n_splits=3", "fold=0")


def trained(output, *words):
    """Train a fold; gives the folder of its run."""
    words = ["model=svm", "data.verify=false", f"output={output}", *words, *FOLD]
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", words, return_hydra_config=True)
    HydraConfig.instance().set_config(cfg)
    with open_dict(cfg):
        del cfg["hydra"]
    train(cfg)
    return next(output.rglob(IDENTITY)).parent


@pytest.fixture(scope="module")
def run(emodb, tmp_path_factory):
    """Give the folder of a finished run."""
    return trained(tmp_path_factory.mktemp("runs"), f"data.root={emodb.root}")


@pytest.fixture(scope="module")
def table_run(emodb, tmp_path_factory):
    """Give the folder of a run of a table, and that of the table and its files."""
    root = Path(shutil.copytree(emodb.root, tmp_path_factory.mktemp("calls") / "corpus"))
    rows = [f"{u.path.relative_to(emodb.root)},{u.emotion},{u.speaker}" for u in emodb.utterances()]
    (root / "calls.csv").write_text("\n".join(["path,emotion,speaker", *rows]))
    output = tmp_path_factory.mktemp("table")
    return trained(output, "data=table", f"data.file={root / 'calls.csv'}"), root
