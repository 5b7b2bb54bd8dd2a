"""What a model file needs to be used: of one model, or of several in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from ser.errors import ExportError
from ser.features import RawWaveform
from ser.inference.folder import KEPT, is_folder, ordered, read_folder
from ser.inference.predictor import Predictor
from ser.models.fusion import MOST_PARTS, fused, is_fusion, parts_of
from ser.models.reading import read_checkpoint
from ser.models.seal import WEIGHTS, sealed

Content = Mapping[str, Any]


def content_of(files: Sequence[Path], predictor: Predictor) -> dict[str, Any]:
    """Content of model files, sealed anew: not what continues their training.

    Args:
        files: The files.
        predictor: What was loaded from them.

    Raises:
        RunError: If one cannot be read.
        ExportError: If several do not fit into one file.
    """
    read = [read_folder(path) if is_folder(path) else read_checkpoint(path) for path in files]
    contents = [_needed(content) for content in read]
    whole = contents[0] if len(contents) == 1 else _together(contents, predictor)
    return sealed(ordered(whole))


def _needed(content: Content) -> dict[str, Any]:
    return {
        name: value
        for name, value in content.items()
        if name in (*KEPT, WEIGHTS) or isinstance(value, Tensor)
    }


def _together(contents: Sequence[Content], predictor: Predictor) -> dict[str, Any]:
    parts = [part for content in contents for part in _parts(content)]
    labels = list(predictor.labels)
    if len(parts) > MOST_PARTS:
        raise ExportError(
            f"{len(parts)} models do not fit into one folder; pass {MOST_PARTS} at most."
        )
    if any(content["ser"]["labels"] != labels for content, _ in parts):
        raise ExportError(
            "the models have the same emotions in another order, and a folder has one; export "
            "to=onnx, or pass models of one run."
        )
    shares = [share / len(contents) for _, share in parts]
    whole = fused([part for part, _ in parts], shares, RawWaveform(predictor.sample_rate).spec())
    whole["ser"]["origin"] = dict(predictor.model.origin)
    return whole


def _parts(content: Content) -> Iterator[tuple[Content, float]]:
    """Models of a file, which may hold several, with their shares."""
    yield from zip(*parts_of(content), strict=True) if is_fusion(content) else [(content, 1.0)]
