"""From model files to a predictor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ser.errors import DamageError, RunError, SerError, in_a_line
from ser.inference.folder import is_folder, read_folder
from ser.inference.fusion import Fusion
from ser.inference.prediction import Model
from ser.inference.predictor import Predictor
from ser.inference.shield import plain_torch
from ser.models.description import ESTIMATOR, check_description
from ser.models.fusion import is_fusion, parts_of
from ser.models.reading import read_checkpoint
from ser.runs.chosen import models_of, trained_cell
from ser.runs.layout import ALL_CELLS, MODEL
from ser.runs.marker import model_damage
from ser.system.few import few

if TYPE_CHECKING:
    from ser.models import EmotionClassifier

DEEPEST = 4  # folders between that of all runs and a run: corpus, model, regime, what was changed


def load(
    checkpoint: str | Path | Sequence[str | Path], network: type[EmotionClassifier] | None = None
) -> Predictor:
    """Load a ``model.ckpt`` of a run, a checkpoint that Lightning wrote, or several as one.

    Args:
        checkpoint: Path of a model file, of a run folder, whose folds then answer together, of a
            folder that ``ser.export`` wrote with ``to=safetensors``, or a list of such paths.
            Probabilities of several models are averaged. Nothing else is needed, and no code in a
            file is run.
        network: Class of the network, where it is neither one of ``ser.models`` nor registered
            by ``ser.register``.

    Raises:
        RunError: If a file is absent, is not a checkpoint of ser, would execute code, holds
            settings and weights that do not fit each other, or is not the one of its fold; or if
            models of several files cannot be averaged.
    """
    files = model_files(checkpoint)
    predictors = [_load(path, network) for path in files]
    if len(predictors) == 1:
        return predictors[0]
    from ser.inference.ensemble import averaged  # noqa: PLC0415 - most have one model

    models = [predictor.model for predictor in predictors]
    with plain_torch(inference=False):
        whole: Any = averaged(models, [model.origin for model in models])
        return Predictor(whole)


def model_files(checkpoint: str | Path | Sequence[str | Path]) -> list[Path]:
    """Model files that a path names: itself, or those of all folds and seeds in a run folder.

    Of a run whose candidates were chosen among in each fold, they are those of the chosen ones.

    Raises:
        RunError: If there is none.
    """
    if not isinstance(checkpoint, str | Path):
        found = [file for each in checkpoint for file in model_files(each)]
        if not found:
            raise RunError("no model file is named; pass one, or a run folder.")
        return list(dict.fromkeys(found))
    path = Path(checkpoint)
    if not path.is_dir() or is_folder(path):
        return [path]
    own = trained_cell(path) / MODEL
    files = [own] if own.is_file() else models_of(path)
    if not files:
        raise RunError(
            f"{path} is not a file, and no folder of a run: no {ALL_CELLS}/{MODEL} is in it. "
            + _where(path)
        )
    return files


def _where(path: Path) -> str:
    """Say what to name instead of a folder that is none of a run."""
    depths = (path.glob(f"{'*/' * depth}{ALL_CELLS}/{MODEL}") for depth in range(1, DEEPEST + 1))
    if below := sorted({str(file.parents[2]) for files in depths for file in files}):
        return f"Name a run below it: {few(below)}."
    return "A finished fold keeps its model.ckpt; pass that, or the folder that its folds are in."


def _load(path: Path, network: type[EmotionClassifier] | None) -> Predictor:
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
    """Build a model; only what its kind needs is imported, as Lightning takes seconds."""
    if is_fusion(content):
        parts, shares = parts_of(content)
        return Fusion([_model(part, network) for part in parts], shares, content["ser"]["origin"])
    if check_description(content)["network"] == ESTIMATOR:
        from ser.models.estimator import from_content  # noqa: PLC0415

        return from_content(content)
    from ser.models.ensemble import build_ensemble, is_ensemble  # noqa: PLC0415

    if is_ensemble(content):
        return build_ensemble(content, network)
    from ser.models import build_from_checkpoint  # noqa: PLC0415

    return build_from_checkpoint(content, network)
