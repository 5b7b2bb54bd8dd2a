"""What a network or a front end needs to be imported: PyTorch, and no more of the house."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from ser.features import UtteranceStatistics
from ser.models import MLP
from ser.models.trained import LightningModule
from ser.predict import main as predict

PROGRAM = """
import importlib, sys

for name in {blocked!r}:
    sys.modules[name] = None  # whoever imports it now gets an ImportError
importlib.import_module({module!r})
"""


def imports(module: str, *blocked: str) -> str:
    """Import a module in a process where some others are missing; give how it ended."""
    program = PROGRAM.format(module=module, blocked=blocked)
    command = [sys.executable, "-c", program]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if process.returncode == 0 else process.stderr


def test_networks_are_imported_where_neither_hydra_nor_soundfile_is_installed() -> None:
    assert imports("ser.models", "hydra", "omegaconf", "soundfile") == ""


@pytest.mark.parametrize("module", ["ser.models", "ser.features"])
def test_networks_and_front_ends_are_imported_without_corpora_and_folds(module: str) -> None:
    assert imports(module, "hydra", "omegaconf", "ser.corpora", "ser.folds") == ""


def test_a_missing_module_is_named_by_what_needs_it() -> None:
    assert "ser.corpora" in imports("ser.data", "ser.corpora")


def test_a_prediction_imports_what_its_kind_of_model_needs() -> None:
    unneeded = ("pytorch_lightning", "torchmetrics", "sklearn", "skops", "pandas", "matplotlib")
    assert imports("ser.inference.job", "hydra", "omegaconf", "ser.corpora", *unneeded) == ""
    assert imports("ser.models.estimator", "pytorch_lightning", "torchmetrics", "pandas") == ""


ANSWERING = """
import runpy, sys

for name in ("pytorch_lightning", "torchmetrics", "sklearn", "pandas", "matplotlib"):
    sys.modules[name] = None
sys.argv[1:] = {words!r}
runpy.run_module("ser.predict", run_name="__main__")
"""


def test_the_command_predicts_by_networks_without_what_trainings_need(tmp_path, capsys) -> None:
    front_end = UtteranceStatistics(parts=["mfcc"])
    network = MLP(3, front_end.num_features, dropout=0.25, weight_decay=0.5)
    network.front_end = front_end.spec()
    content: Any = {"state_dict": network.state_dict(), "hyper_parameters": dict(network.hparams)}
    network.on_save_checkpoint(content)
    torch.save(content, tmp_path / "model.ckpt")
    draw = np.random.default_rng(0)
    soundfile.write(tmp_path / "a.wav", 0.1 * draw.standard_normal(8000), 16_000)
    words = [f"checkpoint={tmp_path / 'model.ckpt'}", f"input={tmp_path / 'a.wav'}"]
    command = [sys.executable, "-c", ANSWERING.format(words=words)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    predict(words)
    assert process.stderr == ""
    assert process.stdout == capsys.readouterr().out


def test_a_network_that_only_answers_knows_what_it_was_built_with() -> None:
    class Network(LightningModule):
        def __init__(self, size: int, *, rate: float = 0.5) -> None:
            super().__init__()
            self.save_hyperparameters()

    class Deeper(Network):
        def __init__(self, size: int, depth: int = 2, **more: Any) -> None:
            super().__init__(size, **more)

    assert Deeper(3, rate=0.1).hparams == {"size": 3, "depth": 2, "rate": 0.1}
