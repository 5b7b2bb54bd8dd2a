"""Write a trained model for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ser.errors import ExportError, SerError, check_choice
from ser.inference.exporting.facts import Facts, facts_of
from ser.inference.exporting.folders import write_folder
from ser.inference.exporting.programs import to_onnx, to_torch
from ser.inference.folder import is_folder
from ser.inference.loading import load, model_files
from ser.inference.naming import described, model_paths
from ser.runs.files import write_bytes
from ser.system.terminal import Terminal

FORMS = {"onnx": to_onnx, "torch": to_torch}
ENDINGS = {"onnx": "model.onnx", "torch": "model.pt2", "safetensors": "export"}


def export(
    checkpoint: str | Path | Sequence[str | Path], form: str, output: str | Path | None = None
) -> Path:
    """Write a model in another form, or several as one.

    Args:
        checkpoint: Model file, run folder, or several of them, as ``ser.load`` takes them.
        form: ``onnx``, ``torch`` or ``safetensors``.
        output: Where to; None takes a name beside the model file, or in the run folder.

    Returns:
        The file or folder that was written.

    Raises:
        ConfigError: If there is no such form.
        RunError: If a model file cannot be loaded, or several cannot be averaged.
        ExportError: If the model has no such form, a package is missing, or what was made answers
            differently.
        StorageError: If it cannot be written.
    """
    check_choice("form", form, ENDINGS)
    return _write(_facts(checkpoint), checkpoint, form, Path(output) if output else None)


def main(checkpoint: str, form: str, output: Path | None) -> None:
    """Export, and say what was written.

    Args:
        checkpoint: Model file, run folder, pattern, or several in brackets.
        form: As ``export`` takes it.
        output: As ``export`` takes it.

    Raises:
        SystemExit: If it cannot be done; says why in one sentence.
    """
    terminal = Terminal()
    try:
        paths = model_paths(checkpoint)
        named = paths[0] if len(paths) == 1 else paths
        facts = _facts(named)
        if len(facts.files) > 1:
            terminal.say(described(facts.files, paths))
        place = _write(facts, named, form, output)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    terminal.say(f"Written to {place}.")
    for alarm in facts.alarms:
        terminal.say(f"warning: {alarm}")


def _facts(checkpoint: str | Path | Sequence[str | Path]) -> Facts:
    files = model_files(checkpoint)
    alone = Path(checkpoint) if isinstance(checkpoint, str | Path) else None
    return facts_of(files, load(files), alone)


def _write(
    facts: Facts, checkpoint: str | Path | Sequence[str | Path], form: str, output: Path | None
) -> Path:
    place = output or _beside(checkpoint) / ENDINGS[form]
    if form not in FORMS:
        write_folder(facts, facts.files, place)
        return place
    if place.is_dir() or (place.exists() and any(map(place.samefile, facts.files))):
        what = "is a folder" if place.is_dir() else "is the model itself"
        raise ExportError(f"output={place} {what}; choose another name.")
    write_bytes(place, FORMS[form](facts))
    return place


def _beside(checkpoint: str | Path | Sequence[str | Path]) -> Path:
    """Where an export lies that was not given a place: in the folder of its run, or of its file."""
    if not isinstance(checkpoint, str | Path):
        raise ExportError("several models have no place of their own; pass output= as well.")
    path = Path(checkpoint)
    return path if path.is_dir() and not is_folder(path) else path.parent
