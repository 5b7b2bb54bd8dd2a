"""From a model file to a predictor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ser.errors import DamageError, RunError, SerError, in_a_line
from ser.inference.folder import is_folder, read_folder
from ser.inference.fusion import Fusion
from ser.inference.predictor import Model, Predictor
from ser.inference.shield import plain_torch
from ser.models import EmotionClassifier, build_from_checkpoint
from ser.models.description import check_description
from ser.models.ensemble import build_ensemble, is_ensemble
from ser.models.estimator import KIND, from_content
from ser.models.fusion import is_fusion, parts_of
from ser.models.reading import read_checkpoint
from ser.runs.marker import model_damage


def load(checkpoint: str | Path, network: type[EmotionClassifier] | None = None) -> Predictor:
    """Load a ``model.ckpt`` of a run, a checkpoint that Lightning wrote, or an exported folder.

    Args:
        checkpoint: Path of the checkpoint, or of a folder that ``ser.export`` wrote with
            ``to=safetensors``; nothing else is needed, and no code in it is run.
        network: Class of the network, where it is neither one of ``ser.models`` nor registered
            by ``ser.register``.

    Raises:
        RunError: If the file is absent, is not a checkpoint of ser, would execute code, holds
            settings and weights that do not fit each other, or is not the one of its fold.
    """
    path = Path(checkpoint)
    exported = is_folder(path)
    if not path.is_file() and not exported:
        what = "is not a file" if path.exists() else "does not exist"
        raise RunError(f"{path} {what}; a finished fold keeps its model.ckpt.")
    if fault := model_damage(path):
        raise DamageError(fault)
    try:
        with plain_torch(inference=False):
            content = read_folder(path) if exported else read_checkpoint(path)
            return Predictor(_model(content, network))
    except SerError as error:
        raise RunError(f"{path}: {error}") from error
    except Exception as error:  # whatever else a file can hold, it ends in one sentence
        raise RunError(
            f"{path} cannot be loaded ({in_a_line(error)}); it is damaged, or was not written by "
            "ser.train."
        ) from error


def _model(content: Mapping[str, Any], network: type[EmotionClassifier] | None) -> Model:
    if check_description(content)["network"] == KIND:
        return from_content(content)
    if is_fusion(content):
        parts, shares = parts_of(content)
        return Fusion([_model(part, network) for part in parts], shares, content["ser"]["origin"])
    if is_ensemble(content):
        return build_ensemble(content, network)
    return build_from_checkpoint(content, network)
