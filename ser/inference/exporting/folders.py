"""Folders as model hubs want them: weights in safetensors, a description, and a model card."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ser.errors import ExportError, storage_errors
from ser.inference.card import card
from ser.inference.exporting.contents import content_of
from ser.inference.exporting.facts import Facts
from ser.inference.folder import DESCRIPTION, KEPT, TENSORS, safetensors
from ser.inference.naming import kinds
from ser.models.seal import WEIGHTS
from ser.runs.files import write_bytes, write_json, write_text

CARD, LABELS = "README.md", "labels.txt"


def write_folder(facts: Facts, files: Sequence[Path], folder: Path) -> None:
    """Write a model, or several as one, to a new folder; it is there whole or not at all.

    Args:
        facts: What is known of the model.
        files: Its files.
        folder: The folder.

    Raises:
        ExportError: If there is something already, ``safetensors`` is missing, or several models
            do not fit into one folder.
        StorageError: If it cannot be written.
    """
    if folder.exists():
        raise ExportError(f"{folder} exists; remove it, or choose another output=FOLDER.")
    content = content_of(files, facts.predictor)
    with storage_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}~", dir=folder.parent))
        try:
            _fill(draft, facts, content)
            draft.chmod(0o755)
            os.replace(draft, folder)  # noqa: PTH105 - refuses a folder that was filled meanwhile
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _fill(folder: Path, facts: Facts, content: Mapping[str, Any]) -> None:
    flat = {
        **{f"{WEIGHTS}/{name}": tensor for name, tensor in content.get(WEIGHTS, {}).items()},
        **{name: value for name, value in content.items() if isinstance(value, Tensor)},
    }
    whole = {name: _packed(tensor) for name, tensor in flat.items()}
    write_bytes(folder / TENSORS, safetensors().save(whole, metadata={"format": "pt"}))
    described = {name: content[name] for name in KEPT if name in content}
    write_json(folder / DESCRIPTION, {**facts.metadata(), **_hub(facts), "model": described})
    write_text(folder / LABELS, "".join(f"{label}\n" for label in facts.predictor.labels))
    write_text(folder / CARD, card(facts))


def _packed(tensor: Tensor) -> Tensor:
    """Copy a tensor, in its own memory and in the order of its axes."""
    return tensor.detach().cpu().clone(memory_format=torch.contiguous_format)


def _hub(facts: Facts) -> dict[str, Any]:
    labels = dict(enumerate(facts.predictor.labels))
    return {
        "model_type": "ser",
        "architectures": [*dict.fromkeys(kinds(facts.predictor.model))],
        "id2label": {str(number): label for number, label in labels.items()},
        "label2id": {label: number for number, label in labels.items()},
    }
