"""Folders as model hubs want them: weights in safetensors, a description, and a model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ser.errors import ExportError, storage_errors
from ser.inference.exporting.card import card
from ser.inference.exporting.contents import content_of
from ser.inference.exporting.facts import Facts
from ser.inference.folder import DESCRIPTION, KEPT, SEAL, TENSORS, safetensors, seal_of
from ser.inference.naming import kinds
from ser.models.seal import WEIGHTS
from ser.runs.files import write_bytes, write_json, write_text
from ser.system.folders import whole_folder

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
    with storage_errors(folder), whole_folder(folder, replace=False) as draft:
        _fill(draft, facts, content)


def _fill(folder: Path, facts: Facts, content: Mapping[str, Any]) -> None:
    flat = {
        **{f"{WEIGHTS}/{name}": tensor for name, tensor in content.get(WEIGHTS, {}).items()},
        **{name: value for name, value in content.items() if isinstance(value, Tensor)},
    }
    whole = {name: _packed(tensor) for name, tensor in flat.items()}
    said = {"alarms": " ".join(facts.alarms)} if facts.alarms else {}
    write_bytes(folder / TENSORS, safetensors().save(whole, metadata={"format": "pt", **said}))
    model = {name: content[name] for name in KEPT if name in content}
    described = {**facts.metadata(), **_hub(facts), "model": model}
    write_json(folder / DESCRIPTION, {**described, SEAL: seal_of(described)})
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
