"""Folders that ``ser.export`` writes with ``to=safetensors``, read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from ser.errors import ExportError, RunError
from ser.models.seal import WEIGHTS, check_seal
from ser.runs.files import read_bytes, read_json
from ser.runs.marker import digest

TENSORS, DESCRIPTION = "model.safetensors", "config.json"
SEAL = "seal"  # in a description; those of earlier versions have none
KEPT = ("ser", "hyper_parameters")  # what a model file says beside its tensors, and is needed
LARGEST = 2**34  # bytes of weights


def is_folder(path: Path) -> bool:
    """Whether a folder is one that ``write_folder`` wrote."""
    return (path / TENSORS).is_file() and (path / DESCRIPTION).is_file()


def read_folder(folder: Path) -> dict[str, Any]:
    """Read the content of a model file from a folder; no code in it is run.

    Args:
        folder: What ``write_folder`` wrote, wherever it was moved.

    Raises:
        RunError: If it is damaged, was edited, or is no such folder.
        ExportError: If ``safetensors`` is missing.
    """
    described, tensors = read_json(folder / DESCRIPTION), _tensors(folder / TENSORS)
    if not isinstance(described, dict) or not isinstance(described.get("model"), dict):
        raise RunError(f"{DESCRIPTION} does not describe a model; copy the folder again.")
    if described.get(SEAL, seal_of(described)) != seal_of(described):
        raise RunError(f"{DESCRIPTION} was edited; copy the folder again.")
    content = {name: described["model"][name] for name in KEPT if name in described["model"]}
    weights = {
        name.removeprefix(f"{WEIGHTS}/"): tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{WEIGHTS}/")
    }
    others = {name: tensor for name, tensor in tensors.items() if not name.startswith(WEIGHTS)}
    whole = {**content, **others, **({WEIGHTS: weights} if weights else {})}
    if "ser" not in whole:
        raise RunError(f"{DESCRIPTION} does not describe a model; copy the folder again.")
    check_seal(ordered(whole))
    return whole


def seal_of(described: Mapping[str, Any]) -> str:
    """Digest of a description: of the figures and warnings in it, too, which others read."""
    return digest({name: value for name, value in described.items() if name != SEAL})


def weights_file(path: Path) -> Path:
    """File whose digest names a model: its own, or the weights in a folder."""
    return path / TENSORS if is_folder(path) else path


def ordered(content: Mapping[str, Any]) -> dict[str, Any]:
    """Sort what a digest is made of: neither JSON nor safetensors keeps an order."""
    found = {name: content[name] for name in sorted(content)}
    if WEIGHTS in found:
        found[WEIGHTS] = {name: found[WEIGHTS][name] for name in sorted(found[WEIGHTS])}
    return found


def _tensors(path: Path) -> dict[str, Tensor]:
    load = safetensors().load
    try:
        found: dict[str, Tensor] = load(read_bytes(path, LARGEST))
    except RunError:
        raise
    except Exception as error:  # its own kinds, all of which say that the bytes are no weights
        raise RunError(
            f"{path.name} is damaged ({type(error).__name__}); copy it again."
        ) from error
    return {name: tensor.clone() for name, tensor in found.items()}


def safetensors() -> Any:
    """Give the package that reads and writes weights.

    Raises:
        ExportError: If it is not installed.
    """
    try:
        from safetensors import torch as module
    except ImportError as error:
        raise ExportError(
            "this needs the package safetensors; install the extra: pip install '.[export]'."
        ) from error
    return module
