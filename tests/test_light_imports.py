"""What a network or a front end needs to be imported: PyTorch, and no more of the house."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
